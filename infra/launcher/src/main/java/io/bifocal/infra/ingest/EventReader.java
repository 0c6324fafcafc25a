package io.bifocal.infra.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Events of one file, as the payloads to publish. */
interface EventReader extends Closeable {
    /** The next event's payload; empty at the end. Blank lines are skipped. */
    Optional<byte[]> next() throws IOException;
}
