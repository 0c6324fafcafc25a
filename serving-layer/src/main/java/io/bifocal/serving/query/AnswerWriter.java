package io.bifocal.serving.query;

import io.bifocal.core.query.Answer.Row;
import java.io.IOException;
import java.util.List;

/** Writes one answer in one form. Everything is at the output when a call returns. */
interface AnswerWriter extends AutoCloseable {
    /** What stands before the rows. */
    void begin() throws IOException;

    /** The next rows, in their order. */
    void rows(List<Row> rows) throws IOException;

    /** What stands after the rows. */
    void end() throws IOException;

    /** Frees what it holds, also of an answer that was not written to its end. */
    @Override
    default void close() {}
}
