package io.bifocal.infra.ingest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** One event a line, published byte for byte: what is malformed must reach quarantine as it was. */
final class NdjsonReader implements EventReader {
    private static final int BUFFER_BYTES = 1 << 16;

    private final String name;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int at;
    private int end;
    private long number;

    /** @param name of the file, for messages */
    NdjsonReader(String name, InputStream in) {
        this.name = name;
        this.in = in;
    }

    @Override
    public Optional<Event> next() throws IOException {
        while (readLine()) {
            byte[] bytes = withoutCarriageReturn(line.toByteArray());
            if (!blank(bytes)) {
                return Optional.of(new Event(number, bytes));
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Fills {@link #line} up to the next line feed; false at the end of the file. */
    private boolean readLine() throws IOException {
        line.reset();
        number++;
        boolean any = false;
        while (at < end || fill()) {
            any = true;
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            line.write(buffer, from, at - from);
            if (line.size() > MOST_BYTES) {
                throw EventReader.tooLong(name, number);
            }
            if (at < end) {
                at++;
                return true;
            }
        }
        return any;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = in.read(buffer);
        return end > 0;
    }

    private static byte[] withoutCarriageReturn(byte[] bytes) {
        int length = bytes.length;
        return length > 0 && bytes[length - 1] == '\r' ? Arrays.copyOf(bytes, length - 1) : bytes;
    }

    private static boolean blank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t') {
                return false;
            }
        }
        return true;
    }
}
