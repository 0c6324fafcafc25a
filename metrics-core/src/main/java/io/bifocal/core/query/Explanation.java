package io.bifocal.core.query;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a query would be answered, without reading any rows.
 *
 * @param rollup that would be read
 * @param generation in force; 0 where there is none yet
 * @param from of what would be read, which is before the query's own where a metric cumulates; empty: from the first event
 * @param to of what would be read; empty: to the last event
 * @param partitions that would be read
 * @param rows that would be read, at most
 * @param limit above which a query is refused
 * @param allowed whether it is answered
 * @param parts that would be read, in the order of their records
 * @param considered every rollup of the model, with why it would be read or not
 */
public record Explanation(
        String model,
        String rollup,
        long generation,
        Optional<Instant> from,
        Optional<Instant> to,
        long partitions,
        long rows,
        Cost limit,
        boolean allowed,
        List<PartPlan> parts,
        List<Considered> considered) {

    /**
     * A part that the manifest names.
     *
     * @param role what it is to the answer: generation, live, later, hole
     * @param records that it covers, of the whole model
     * @param days of the rollup that would be read of it
     */
    public record PartPlan(String part, String role, long records, int days, long partitions, long rows) {}

    /**
     * A rollup.
     *
     * @param partitions that would be read to answer from it, whether it can or not
     * @param rows the same; 0 where no index tells
     * @param verdict why it would be read or not
     */
    public record Considered(String rollup, boolean chosen, long partitions, long rows, String verdict) {}
}
