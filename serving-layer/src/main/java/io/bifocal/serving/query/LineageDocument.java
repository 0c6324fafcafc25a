package io.bifocal.serving.query;

import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.query.Lineage;
import io.bifocal.core.query.Lineage.Contribution;
import io.bifocal.core.query.Lineage.Stored;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Where one number of an answer comes from, as the API shows it.
 *
 * @param status of the row; null where there is no such row
 * @param estimate bounds of the value; null where it is exact
 * @param inputs the simple metrics that it is computed from, over the same events
 * @param from of the events that count, by event time; null: from the first
 * @param to of them; null: to the last
 * @param parts that hold some of the events, and holes that may have held some
 */
public record LineageDocument(
        String model,
        String metric,
        Optional<Instant> time,
        Map<String, String> dimensions,
        @Schema(implementation = Object.class) Object value,
        Optional<String> status,
        Optional<Bounds> estimate,
        Map<String, Object> inputs,
        String rollup,
        Optional<Instant> from,
        Optional<Instant> to,
        long generation,
        List<PartDocument> parts) {

    /**
     * What one part holds of it.
     *
     * @param role generation, live, later or hole
     * @param from Kafka positions after which the part's records lie; null where it has been replaced since
     * @param to Kafka positions up to which they lie
     * @param archiveVersion of the Delta table that a generation was computed from; null for other parts
     * @param records that the part covers, of the whole model
     * @param stored the days of the rollup, and the parts under which they are stored
     * @param rows that were merged
     * @param value over this part alone
     * @param inputs over this part alone
     */
    public record PartDocument(
            String part,
            String role,
            Optional<Positions> from,
            Optional<Positions> to,
            Optional<Long> archiveVersion,
            long records,
            List<Stored> stored,
            long rows,
            @Schema(implementation = Object.class) Object value,
            Map<String, Object> inputs) {
        static PartDocument of(Contribution part) {
            return new PartDocument(
                    part.part(),
                    part.role(),
                    part.from(),
                    part.to(),
                    part.archiveVersion(),
                    part.records(),
                    part.stored(),
                    part.rows(),
                    part.value(),
                    part.inputs());
        }
    }

    static LineageDocument of(Lineage lineage) {
        return new LineageDocument(
                lineage.model(),
                lineage.metric(),
                lineage.cell().time(),
                lineage.cell().dimensions(),
                lineage.value(),
                lineage.status().map(status -> status.text()),
                lineage.estimate(),
                lineage.inputs(),
                lineage.rollup(),
                lineage.from(),
                lineage.to(),
                lineage.generation(),
                lineage.parts().stream().map(PartDocument::of).toList());
    }
}
