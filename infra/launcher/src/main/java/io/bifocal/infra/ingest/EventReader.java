package io.bifocal.infra.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Events of one file, as the payloads to publish. */
interface EventReader extends Closeable {
    /**
     * What one event may take of a file. Longer ones are no events, but a wrong format or a missing quote, and would not fit
     * into memory.
     */
    int MOST_BYTES = 16 << 20;

    /**
     * One event.
     *
     * @param line on which it begins, from 1
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares events.
    record Event(long line, byte[] payload) {}

    /**
     * The next event; empty at the end. Blank lines are skipped.
     *
     * @throws IOException where the file cannot be read on, or an event is longer than {@link #MOST_BYTES}
     */
    Optional<Event> next() throws IOException;

    /** What is wrong with an event that is too long. */
    static IOException tooLong(String name, long line) {
        return new IOException(name + " line " + line + " begins an event of more than " + (MOST_BYTES >> 20) + " MiB");
    }
}
