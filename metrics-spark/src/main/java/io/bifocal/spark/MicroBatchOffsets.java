package io.bifocal.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a micro-batch of a streaming query ends. Spark writes this to the query's offset log before the micro-batch runs, and
 * tells it to nobody else in time. The last record's offset would not do: what a transaction leaves behind in Kafka has
 * offsets and no records.
 */
public final class MicroBatchOffsets {
    private MicroBatchOffsets() {}

    /** The end of a micro-batch of a query with one source, as that source's JSON. */
    public static String end(Path checkpoint, long batch) {
        Path file = checkpoint.resolve("offsets").resolve(Long.toString(batch));
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            return lines.get(lines.size() - 1);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
