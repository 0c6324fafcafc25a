package io.bifocal.core.query;

import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.model.ValueType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The answer to a query: its columns, its rows in order, and where they come from. */
public record Answer(List<Column> columns, List<Row> rows, Meta meta) {

    /**
     * A column of the rows.
     *
     * @param unit of a metric, empty where it has none
     */
    public record Column(String name, ValueType type, String unit) {
        /** The type's name in answers: a decimal is a {@code decimal}, whatever its digits. */
        public String typeName() {
            return type.kind().name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A row.
     *
     * @param values one a column, of the Java type that {@link ValueType} names; null where there is none
     * @param estimates bounds of the metrics that are estimated in this row, by name; a null bound is unknown
     */
    public record Row(List<Object> values, Status status, Map<String, Bounds> estimates) {
        public Row {
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }

    /** Where the events of a row come from. */
    public enum Status {
        /** From the generation alone. */
        EXACT,
        /** Only from what arrived after the generation's cut. */
        PROVISIONAL,
        /** From both. */
        MIXED;

        /** As answers write it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where an answer comes from.
     *
     * @param answer a token with which the same numbers can be asked for again
     * @param generation in force; 0 where there is none yet
     * @param exactThrough the latest arrival that the generation covers; empty where there is none
     * @param freshThrough everything that arrived up to then is counted; empty where nothing is known to have arrived
     * @param partial whether something is missing from the rows; the warnings say what
     */
    public record Meta(
            String answer,
            String rollup,
            long generation,
            Optional<Instant> exactThrough,
            Optional<Instant> freshThrough,
            boolean partial,
            List<String> warnings) {}
}
