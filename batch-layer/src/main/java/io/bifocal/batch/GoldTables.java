package io.bifocal.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.view.PartialsMerger;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.spark.CompiledDefinition;
import io.delta.tables.DeltaTable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A generation's rollups with finished numbers, for people: the Delta table {@code gold/<rollup>} has the columns {@code
 * time} (the bucket's start), the dimensions, one a simple metric, and {@code _day}, {@code _month}, {@code _generation} and
 * {@code _part} (the generation that the row was written with, and its part). It is written after the generation was published.
 *
 * <p>A commit's note names the generation that the table shows. Where that is not the one that the next was built from,
 * because writing failed or an earlier one was put back in force, the whole table is written again.
 */
final class GoldTables {
    /** What a table shows, as its commits' user metadata. */
    record Note(long generation, String part) {}

    private static final Logger LOG = LoggerFactory.getLogger(GoldTables.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Lake lake;
    private final CompiledDefinition definition;
    private final ViewStores stores;

    GoldTables(Lake lake, CompiledDefinition definition, ViewStores stores) {
        this.lake = lake;
        this.definition = definition;
        this.stores = stores;
    }

    /**
     * Makes all tables show a generation. It is in force by now, and a table that could not be written is mended by the next
     * one: so a failure is told, and is not the job's.
     *
     * @param rows of the days that were recomputed
     * @param base that the generation was built from; {@link Generation#NONE}: nothing of what the tables show is left
     * @param index of the generation
     * @return why the tables do not show it; empty where they do
     */
    Optional<String> show(
            Dataset<Row> rows,
            Generation shown,
            Generation base,
            TouchedDays touched,
            List<PartDay> index,
            Monitor monitor) {
        try {
            for (View view : View.rollups(definition.definition())) {
                monitor.report(0.95, "writing the gold table " + view.name());
                write(view, rows, shown, base, touched.of(view.name()), index);
            }
            return Optional.empty();
        } catch (Exception failure) { // Spark throws checked ones that it does not declare
            LOG.error("the gold tables of {} do not show generation {}", lake.model(), shown.number(), failure);
            return Optional.of(String.valueOf(failure.getMessage()));
        }
    }

    /**
     * Makes a rollup's table show a generation.
     *
     * @param rows of the days that were recomputed
     * @param base that the generation was built from; {@link Generation#NONE}: everything was recomputed
     * @param index of the generation
     */
    private void write(
            View view,
            Dataset<Row> rows,
            Generation shown,
            Generation base,
            Set<Integer> touched,
            List<PartDay> index) {
        String uri = lake.goldUri(view.name());
        Dataset<Row> recomputed = rows.where(functions.col("view").equalTo(view.name()));
        boolean follows = !base.none() && base.part().equals(shownPart(uri));
        if (follows && touched.isEmpty() && shown.retainedFrom().equals(base.retainedFrom())) {
            // An empty append moves the note on.
            save(finished(view, recomputed, shown).write().mode("append"), shown, uri);
        } else if (follows) {
            save(
                    finished(view, recomputed, shown)
                            .write()
                            .mode("overwrite")
                            .option("replaceWhere", days(touched, shown)),
                    shown,
                    uri);
        } else {
            Dataset<Row> all = recomputed.union(carriedOver(view, touched, index));
            save(finished(view, all, shown).write().mode("overwrite").option("overwriteSchema", "true"), shown, uri);
        }
    }

    private void save(DataFrameWriter<Row> writer, Generation shown, String uri) {
        // Statistics of dimensions would stay in the log when an erased value has left the files.
        if (!DeltaTable.isDeltaTable(lake.spark(), uri)) {
            DeltaTable.createIfNotExists(lake.spark())
                    .location(uri)
                    .addColumn("_day", DataTypes.DateType)
                    .addColumn("_month", DataTypes.StringType)
                    .partitionedBy("_month")
                    .property("delta.dataSkippingStatsColumns", "_day")
                    .execute();
        }
        writer.format("delta")
                .partitionBy("_month")
                .option("userMetadata", json(new Note(shown.number(), shown.part())))
                .save(uri);
    }

    private String shownPart(String uri) {
        return new CommitLog<>(uri, lake.spark().sessionState().newHadoopConf(), GoldTables::note)
                .newest()
                .map(noted -> noted.note().part())
                .orElse("");
    }

    /** The condition on rows to be of a day that was recomputed, or that is no longer kept. */
    private static String days(Set<Integer> touched, Generation shown) {
        List<String> conditions = new ArrayList<>();
        if (!touched.isEmpty()) {
            conditions.add(new TreeSet<>(touched)
                    .stream()
                            .map(day -> "DATE'" + LocalDate.ofEpochDay(day) + "'")
                            .collect(Collectors.joining(", ", "_day IN (", ")")));
        }
        shown.retained()
                .storedFrom()
                .ifPresent(first -> conditions.add("_day < DATE'" + LocalDate.ofEpochDay(first) + "'"));
        return String.join(" OR ", conditions);
    }

    /** The rows of days that the index finds under parts of earlier generations. */
    private Dataset<Row> carriedOver(View view, Set<Integer> touched, List<PartDay> index) {
        List<Row> days = index.stream()
                .filter(day -> day.view().equals(view.name()) && !touched.contains(day.day()))
                .map(day -> RowFactory.create(day.day(), day.source()))
                .toList();
        StructType schema = new StructType().add("day", DataTypes.IntegerType).add("source", DataTypes.StringType);
        CompiledDefinition shipped = definition;
        ViewStores opened = stores;
        String model = lake.model();
        String name = view.name();
        FlatMapFunction<Row, Row> read = day -> {
            View mine = View.of(shipped.definition()).stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            ViewStore store = opened.open();
            PartialsMerger whole = new PartialsMerger(mine);
            store.rows(model, day.getString(1), mine, day.getInt(0), Long.MIN_VALUE, Long.MAX_VALUE)
                    .toCompletableFuture()
                    .join()
                    .forEach(whole::add);
            return whole.drain().stream().map(ViewRows::row).iterator();
        };
        return lake.spark()
                .createDataFrame(days, schema)
                .repartition(lake.shufflePartitions())
                .flatMap(read, Encoders.row(BatchViews.ROW));
    }

    private Dataset<Row> finished(View view, Dataset<Row> rows, Generation shown) {
        CompiledDefinition shipped = definition;
        String name = view.name();
        long generation = shown.number();
        String part = shown.part();
        MapPartitionsFunction<Row, Row> finish = partition -> {
            View mine = View.of(shipped.definition()).stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            return new Mapped(partition, new GoldRows(mine, generation, part)::of);
        };
        return rows.mapPartitions(finish, Encoders.row(schema(view)));
    }

    private StructType schema(View view) {
        StructType schema = new StructType().add("time", DataTypes.TimestampType);
        for (int i = 0; i < view.dimensions().size(); i++) {
            schema = schema.add(
                    view.dimensions().get(i),
                    ArchiveSchema.sparkType(view.dimensionTypes().get(i)));
        }
        List<SimpleMetric> metrics = definition.definition().model().simpleMetrics();
        for (int i = 0; i < metrics.size(); i++) {
            schema = schema.add(
                    metrics.get(i).name(),
                    ArchiveSchema.sparkType(view.aggregates().get(i).resultType()));
        }
        return schema.add("_day", DataTypes.DateType)
                .add("_month", DataTypes.StringType)
                .add("_generation", DataTypes.LongType)
                .add("_part", DataTypes.StringType);
    }

    private static String json(Note note) {
        try {
            return JSON.writeValueAsString(note);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Optional<Note> note(String userMetadata) {
        try {
            return Optional.of(JSON.readValue(userMetadata, Note.class));
        } catch (JsonProcessingException notOurs) {
            return Optional.empty();
        }
    }
}
