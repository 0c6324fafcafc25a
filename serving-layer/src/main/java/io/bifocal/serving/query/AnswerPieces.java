package io.bifocal.serving.query;

import io.bifocal.core.query.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.LongConsumer;

/**
 * An answer's bytes in one form, some rows at a time: of an answer of any length, only one piece is ever in memory in its
 * form. Its rows are all of one snapshot, however long sending them takes. One thread at a time.
 */
final class AnswerPieces implements Iterator<byte[]>, AutoCloseable {
    private static final int ROWS = 1_024;

    private final Answer answer;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private final AnswerWriter writer;
    private final LongConsumer encodedNanos;
    private long nanos;
    private int written = -1;
    private boolean closed;

    /** @param encodedNanos is told how long encoding took, once it has ended */
    AnswerPieces(Answer answer, AnswerForm form, LongConsumer encodedNanos) {
        this.answer = answer;
        this.writer = form.writer(answer, buffer);
        this.encodedNanos = encodedNanos;
    }

    /** The whole answer at once, for those that are small. */
    static byte[] whole(Answer answer, AnswerForm form) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (AnswerPieces pieces = new AnswerPieces(answer, form, nanos -> {})) {
            pieces.forEachRemaining(all::writeBytes);
        }
        return all.toByteArray();
    }

    @Override
    public boolean hasNext() {
        return written < answer.rows().size();
    }

    @Override
    public byte[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        long began = System.nanoTime();
        buffer.reset();
        try {
            write();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        nanos += System.nanoTime() - began;
        return buffer.toByteArray();
    }

    private void write() throws IOException {
        if (written < 0) {
            writer.begin();
            written = 0;
        }
        int end = Math.min(answer.rows().size(), written + ROWS);
        if (end > written) {
            writer.rows(answer.rows().subList(written, end));
        }
        written = end;
        if (!hasNext()) {
            writer.end();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            writer.close();
            encodedNanos.accept(nanos);
        }
    }
}
