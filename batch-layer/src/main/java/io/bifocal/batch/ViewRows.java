package io.bifocal.batch;

import io.bifocal.core.model.Definition;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.spark.CompiledDefinition;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Writes rows of {@link BatchViews} to a view store, from Spark's tasks. */
final class ViewRows {
    private static final int ROWS_AT_ONCE = 2_000;
    private static final long BYTES_AT_ONCE = 8 << 20;
    private static final StructType WRITTEN = new StructType()
            .add("view", DataTypes.StringType)
            .add("day", DataTypes.IntegerType)
            .add("rows", DataTypes.LongType);

    private ViewRows() {}

    /** Writes all rows under a part and returns, when they are acknowledged, the part's index lines for them. */
    static List<PartDay> write(Dataset<Row> rows, ViewStores stores, CompiledDefinition definition, String part) {
        MapPartitionsFunction<Row, Row> write =
                partition -> write(partition, stores.open(), definition.definition(), part);
        Map<String, Map<Integer, Long>> days = new TreeMap<>();
        rows.mapPartitions(write, Encoders.row(WRITTEN)).collectAsList().forEach(row -> days.computeIfAbsent(
                        row.getString(0), view -> new TreeMap<>())
                .merge(row.getInt(1), row.getLong(2), Long::sum));
        List<PartDay> index = new ArrayList<>();
        days.forEach((view, counts) -> counts.forEach((day, count) -> index.add(new PartDay(view, day, part, count))));
        return index;
    }

    private static Iterator<Row> write(Iterator<Row> rows, ViewStore store, Definition definition, String part) {
        Map<String, View> views =
                View.of(definition).stream().collect(Collectors.toMap(View::name, Function.identity()));
        Map<String, Map<Integer, Long>> days = new TreeMap<>();
        List<ViewRow> some = new ArrayList<>();
        long bytes = 0;
        while (rows.hasNext()) {
            ViewRow row = viewRow(rows.next());
            List<ViewRow> pieces = pieces(views.get(row.view()), row);
            days.computeIfAbsent(row.view(), view -> new TreeMap<>()).merge(row.day(), (long) pieces.size(), Long::sum);
            some.addAll(pieces);
            bytes += row.states().length;
            if (some.size() >= ROWS_AT_ONCE || bytes > BYTES_AT_ONCE || !rows.hasNext()) {
                store.write(definition.model().name(), part, some);
                some = new ArrayList<>();
                bytes = 0;
            }
        }
        return days.entrySet().stream()
                .flatMap(view -> view.getValue().entrySet().stream()
                        .map(day -> RowFactory.create(view.getKey(), day.getKey(), day.getValue())))
                .iterator();
    }

    /** A row that is too large for a store as several, told apart by their writer. */
    private static List<ViewRow> pieces(View view, ViewRow row) {
        List<byte[]> states = RowCodec.split(view.aggregates(), row.states());
        List<ViewRow> pieces = new ArrayList<>(states.size());
        for (int i = 0; i < states.size(); i++) {
            pieces.add(new ViewRow(row.view(), row.day(), row.shard(), row.bucket(), row.key(), 0, i, states.get(i)));
        }
        return pieces;
    }

    static ViewRow viewRow(Row row) {
        return new ViewRow(
                row.getString(0), row.getInt(1), row.getInt(2), row.getLong(3), row.getAs(4), 0, 0, row.getAs(5));
    }

    static Row row(ViewRow row) {
        return RowFactory.create(row.view(), row.day(), row.shard(), row.bucket(), row.key(), row.states());
    }
}
