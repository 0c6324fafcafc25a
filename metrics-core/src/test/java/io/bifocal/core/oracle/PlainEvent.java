package io.bifocal.core.oracle;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * An event after its expressions were computed, as plainly as can be.
 *
 * @param identity values of the identity columns; empty where every record counts
 * @param dimensions values by dimension; a null or absent one is a value of its own
 * @param inputs what each simple metric aggregates, by metric; null or absent where there is nothing or its filter says no;
 *     anything where it counts events
 */
public record PlainEvent(
        Instant time,
        int partition,
        long offset,
        List<Object> identity,
        Map<String, Object> dimensions,
        Map<String, Object> inputs) {}
