package io.bifocal.batch;

import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.reconciliation.Attribution.Occasion;
import io.bifocal.reconciliation.Comparison;
import io.bifocal.reconciliation.Side;
import io.bifocal.spark.CompiledDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Stored rows as they are compared: where each stands, and which need no look because nothing about them changes. */
final class SidedRows {
    private static final StructType STORED = new StructType()
            .add("side", DataTypes.StringType)
            .add("view", DataTypes.StringType)
            .add("day", DataTypes.IntegerType)
            .add("source", DataTypes.StringType)
            .add("batches", DataTypes.IntegerType);

    /**
     * A day of a view, as stored under a part.
     *
     * @param batches how many micro-batches of it exist; rows of later ones do not
     */
    record Stored(Side side, PartDay day, int batches) {
        private Stored(Side side, PartDay day) {
            this(side, day, Integer.MAX_VALUE);
        }

        private boolean sameRows(Stored other) {
            return day.source().equals(other.day.source()) && batches == other.batches;
        }
    }

    private SidedRows() {}

    /** Parts of a manifest's chain that cover what lies before a boundary. */
    static List<Part> before(Manifest manifest, Positions boundary) {
        int end = manifest.boundaries().indexOf(boundary);
        return manifest.chain().subList(0, Math.max(0, end)).stream()
                .filter(part -> !part.empty() && part.kind() != Part.Kind.HOLE)
                .toList();
    }

    /** What answers lacked before a boundary, and said so. */
    static List<Part> holes(Manifest manifest, Positions boundary) {
        int end = manifest.boundaries().indexOf(boundary);
        return manifest.chain().subList(0, Math.max(0, end)).stream()
                .filter(part -> part.kind() == Part.Kind.HOLE)
                .toList();
    }

    /** What answers read of a generation. */
    static List<Stored> of(ViewStore views, String model, Generation generation, Side side) {
        return generation.none()
                ? List.of()
                : index(views, model, generation.part()).stream()
                        .map(day -> new Stored(side, day))
                        .toList();
    }

    /** What answers read of the generation in force and of some parts after it. */
    static List<Stored> served(ViewStore views, Manifest manifest, Collection<Part> parts) {
        List<Stored> served = new ArrayList<>(of(views, manifest.model(), manifest.generation(), Side.BASE));
        for (Part part : parts) {
            int batches = part.kind() == Part.Kind.LIVE ? part.batches() : Integer.MAX_VALUE;
            index(views, manifest.model(), part.id()).forEach(day -> served.add(new Stored(Side.LIVE, day, batches)));
        }
        return served;
    }

    /** What answers will read. */
    static List<Stored> after(Collection<PartDay> index) {
        return index.stream().map(day -> new Stored(Side.AFTER, day)).toList();
    }

    /** Those of some rollups' days that are kept, and of which other rows are read after than before. */
    static List<Stored> changing(Collection<Stored> stored, Collection<String> rollups, RetainedDays retained) {
        Map<List<Object>, List<Stored>> days = new LinkedHashMap<>();
        stored.stream()
                .filter(each -> rollups.contains(each.day().view())
                        && retained.hold(each.day().view(), each.day().day()))
                .forEach(each -> days.computeIfAbsent(
                                List.of(each.day().view(), each.day().day()), day -> new ArrayList<>())
                        .add(each));
        return days.values().stream()
                .filter(day -> !(day.size() == 2
                        && day.get(0).side() != day.get(1).side()
                        && day.get(0).sameRows(day.get(1))))
                .flatMap(List::stream)
                .toList();
    }

    /** The rows, of the schema {@link Comparison#SIDED}. */
    static Dataset<Row> read(Lake lake, ViewStores stores, Occasion occasion, List<Stored> stored) {
        List<Row> named = stored.stream()
                .map(each -> RowFactory.create(
                        each.side().name(),
                        each.day().view(),
                        each.day().day(),
                        each.day().source(),
                        each.batches()))
                .toList();
        CompiledDefinition before = CompiledDefinition.of(occasion.before());
        CompiledDefinition after = CompiledDefinition.of(occasion.after());
        String model = lake.model();
        FlatMapFunction<Row, Row> read = each -> {
            Side side = Side.valueOf(each.getString(0));
            Definition definition = (side == Side.AFTER ? after : before).definition();
            return stores
                    .open()
                    .rows(
                            model,
                            each.getString(3),
                            View.of(definition, each.getString(1)),
                            each.getInt(2),
                            Long.MIN_VALUE,
                            Long.MAX_VALUE)
                    .toCompletableFuture()
                    .join()
                    .stream()
                    .filter(row -> row.batch() <= each.getInt(4))
                    .map(row -> sided(row, side))
                    .iterator();
        };
        return lake.spark()
                .createDataFrame(named, STORED)
                .repartition(lake.shufflePartitions())
                .flatMap(read, Encoders.row(Comparison.SIDED));
    }

    /** Rows of {@link BatchViews}, of some rollups, on one side. */
    static Dataset<Row> of(Dataset<Row> rows, Set<String> rollups, Side side) {
        return rows.where(functions.col("view").isin(rollups.toArray()))
                .select(
                        functions.col("view"),
                        functions.col("day"),
                        functions.col("bucket"),
                        functions.col("key"),
                        functions.lit(side.name()).as("side"),
                        functions.col("states"));
    }

    private static Row sided(ViewRow row, Side side) {
        return RowFactory.create(row.view(), row.day(), row.bucket(), row.key(), side.name(), row.states());
    }

    private static List<PartDay> index(ViewStore views, String model, String part) {
        return views.index(model, part).toCompletableFuture().join();
    }
}
