package io.bifocal.core.query;

import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Lineage.Contribution;
import io.bifocal.core.query.Lineage.Stored;
import io.bifocal.core.query.Plan.Read;
import io.bifocal.core.query.Snapshot.Role;
import io.bifocal.core.query.Snapshot.Source;
import io.bifocal.core.view.ViewRow;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Merges the rows of one cell twice: all together, and those of each part. */
final class CellTracer {
    private final Definition definition;
    private final Query query;
    private final Plan plan;
    private final Deadline deadline;
    private final Trace all;
    private final Map<Source, Trace> bySource = new LinkedHashMap<>();

    /** @param query of which the cell is all */
    CellTracer(Definition definition, Query query, Plan plan, Deadline deadline) {
        this.definition = definition;
        this.query = query;
        this.plan = plan;
        this.deadline = deadline;
        this.all = new Trace();
    }

    /** What was merged of some of the rows. */
    private final class Trace {
        private final AnswerBuilder builder = new AnswerBuilder(definition, plan.view(), query, Status.EXACT, deadline);
        private final RowMerger merger = builder.merger(plan.view());
        private final List<Stored> stored = new ArrayList<>();

        void add(Read read, List<ViewRow> rows) {
            long before = merger.merged();
            merger.add(read, rows);
            if (merger.merged() > before) {
                stored.add(new Stored(LocalDate.ofEpochDay(read.day()), read.storedUnder()));
            }
        }

        Optional<Row> row() {
            return builder.rows(merger, 0).stream().findFirst();
        }
    }

    void add(Read read, List<ViewRow> rows) {
        all.add(read, rows);
        bySource.computeIfAbsent(read.source(), source -> new Trace()).add(read, rows);
    }

    /** @param manifest that says where the parts lie, as far as it still names them */
    Lineage lineage(String metric, Cell cell, Snapshot snapshot, Optional<Manifest> manifest) {
        Optional<Row> row = all.row();
        List<Contribution> parts = snapshot.sources().stream()
                .filter(source -> source.role() == Role.HOLE
                        || (bySource.containsKey(source)
                                && bySource.get(source).merger.merged() > 0))
                .map(source -> contribution(source, manifest))
                .toList();
        return new Lineage(
                query.model(),
                metric,
                cell,
                row.map(this::value).orElse(null),
                row.map(this::inputs).orElse(Map.of()),
                row.map(Row::status),
                row.map(Row::estimates)
                        .map(estimates -> estimates.get(query.metrics().get(0))),
                plan.view().name(),
                query.time().from(),
                query.time().to(),
                snapshot.generation(),
                parts);
    }

    private Contribution contribution(Source source, Optional<Manifest> manifest) {
        Trace trace = bySource.getOrDefault(source, new Trace());
        Optional<Row> row = trace.row();
        Optional<Part> part = manifest.flatMap(each -> each.chain().stream()
                .filter(link -> link.id().equals(source.part()) && link.records() == source.records())
                .findFirst());
        Optional<Generation> generation =
                manifest.flatMap(each -> Stream.concat(Stream.of(each.generation()), each.kept().stream())
                        .filter(kept -> kept.part().equals(source.part()))
                        .findFirst());
        return new Contribution(
                source.part(),
                source.role().text(),
                part.map(Part::from).or(() -> generation.map(each -> Positions.NONE)),
                part.map(Part::to).or(() -> generation.map(Generation::cut)),
                generation.map(Generation::archiveVersion),
                source.records(),
                List.copyOf(trace.stored),
                trace.merger.merged(),
                row.map(this::value).orElse(null),
                row.map(this::inputs).orElse(Map.of()));
    }

    private Object value(Row row) {
        return row.values().get(0);
    }

    private Map<String, Object> inputs(Row row) {
        Map<String, Object> inputs = new LinkedHashMap<>();
        for (int i = 1; i < row.values().size(); i++) {
            inputs.put(query.metrics().get(i), row.values().get(i));
        }
        return inputs;
    }
}
