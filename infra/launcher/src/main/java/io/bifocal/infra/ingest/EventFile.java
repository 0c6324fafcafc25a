package io.bifocal.infra.ingest;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/** A file of events, or a pipe that brings them. */
public record EventFile(Path path, Format format) {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final Path STDIN = Path.of("-");

    /** How events are written in a file. */
    public enum Format {
        NDJSON,
        CSV
    }

    /** The format that was given; otherwise CSV where the name says so ({@code .csv}, {@code .csv.gz}), else NDJSON. */
    public static EventFile of(Path given, Optional<Format> format) {
        Path path = given.equals(STDIN) ? Path.of("/dev/stdin") : given;
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw Errors.of(ErrorCode.NOT_FOUND, "Cannot read the file " + path + ".", "Check the path.");
        }
        return new EventFile(path, format.orElseGet(() -> guess(path)));
    }

    private static Format guess(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".csv") || name.endsWith(".csv.gz") ? Format.CSV : Format.NDJSON;
    }

    /** Its length; empty for a pipe, whose length nobody knows. */
    OptionalLong bytes() {
        try {
            return Files.isRegularFile(path) ? OptionalLong.of(Files.size(path)) : OptionalLong.empty();
        } catch (IOException unknown) {
            return OptionalLong.empty();
        }
    }

    /** @param read counts the file's bytes as they are read, compressed as they may be */
    EventReader open(AtomicLong read) throws IOException {
        // Files.newInputStream asks for its position, which a pipe has not.
        InputStream in = inflated(new Source(counted(new FileInputStream(path.toFile()), read)));
        return format == Format.CSV ? new CsvEvents(path.toString(), in) : new NdjsonReader(path.toString(), in);
    }

    /** Compression is told by the file's first bytes, whatever its name. */
    private static InputStream inflated(InputStream in) throws IOException {
        in.mark(2);
        int magic = in.read() << 8 | in.read();
        in.reset();
        return magic == GZIP_MAGIC ? new GZIPInputStream(in, BUFFER_BYTES) : in;
    }

    /**
     * A gzip reader asks what is available to learn whether another member follows. A pipe that is slow has nothing available
     * and yet has not ended, so this waits for the answer.
     */
    private static final class Source extends BufferedInputStream {
        Source(InputStream in) {
            super(in, BUFFER_BYTES);
        }

        @Override
        public synchronized int available() throws IOException {
            mark(1);
            int next = read();
            reset();
            return next < 0 ? 0 : Math.max(1, super.available());
        }
    }

    private static InputStream counted(InputStream in, AtomicLong read) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int value = super.read();
                read.addAndGet(value < 0 ? 0 : 1);
                return value;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int count = super.read(target, offset, length);
                read.addAndGet(Math.max(0, count));
                return count;
            }
        };
    }
}
