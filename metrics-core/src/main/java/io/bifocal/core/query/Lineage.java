package io.bifocal.core.query;

import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.query.Answer.Status;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where one number of an answer comes from.
 *
 * @param cell which number
 * @param value of the metric; null where it has none
 * @param inputs the simple metrics that it is computed from, by name, over the same events
 * @param status of the row; empty where there is no such row
 * @param estimate bounds of the value; empty where it is exact
 * @param rollup whose rows were read
 * @param from of the events that count, by event time; empty: from the first
 * @param to of them; empty: to the last
 * @param generation in force; 0 where there is none
 * @param parts that hold some of the events, in the order of their records, and the holes that may have held some
 */
public record Lineage(
        String model,
        String metric,
        Cell cell,
        Object value,
        Map<String, Object> inputs,
        Optional<Status> status,
        Optional<Bounds> estimate,
        String rollup,
        Optional<Instant> from,
        Optional<Instant> to,
        long generation,
        List<Contribution> parts) {

    /**
     * What one part holds of it.
     *
     * @param role generation, live, later or hole
     * @param from the Kafka positions after which its records lie; empty where the part has been replaced since
     * @param to the Kafka positions up to which they lie
     * @param archiveVersion of the Delta table that a generation was computed from
     * @param records that the part covers, of the whole model
     * @param stored under which days and parts the rows were found
     * @param rows how many
     * @param value of the metric over this part alone
     * @param inputs the simple metrics that it is computed from, over this part alone
     */
    public record Contribution(
            String part,
            String role,
            Optional<Positions> from,
            Optional<Positions> to,
            Optional<Long> archiveVersion,
            long records,
            List<Stored> stored,
            long rows,
            Object value,
            Map<String, Object> inputs) {}

    /** Where rows are: a day of the rollup, in its zone, and the part under which it is stored, which may be an earlier one. */
    public record Stored(LocalDate day, String part) {}
}
