package io.bifocal.core.query;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.MetricFinisher.Finished;
import io.bifocal.core.query.Query.Direction;
import io.bifocal.core.query.Query.Fill;
import io.bifocal.core.query.RowMerger.Group;
import io.bifocal.core.query.RowMerger.Merging;
import io.bifocal.core.query.Timeline.Cell;
import io.bifocal.core.view.View;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Makes rows of groups: finished, in order, and no more than asked for. */
final class AnswerBuilder {
    private static final int ROWS_PER_CHECK = 1_024;

    private final Query query;
    private final Deadline deadline;
    private final MetricFinisher finisher;
    private final Merging own;
    private final Map<CumulativeMetric, Merging> cumulative = new LinkedHashMap<>();
    private final boolean[] before;
    private final List<Column> columns;
    private final Status ofNothing;
    private boolean exact = true;
    private long made;

    /** @param ofNothing the status of rows that are filled in */
    AnswerBuilder(Definition definition, View view, Query query, Status ofNothing, Deadline deadline) {
        this.query = query;
        this.deadline = deadline;
        this.ofNothing = ofNothing;
        this.finisher = new MetricFinisher(definition, view, query.metrics());
        MetricInputs inputs = new MetricInputs(definition);
        this.own = new Merging(view, inputs.wanted(query.metrics()));
        List<CumulativeMetric> windows = inputs.cumulative(query.metrics());
        windows.forEach(
                metric -> cumulative.put(metric, new Merging(view, inputs.wanted(List.of(metric.inputMetric())))));
        this.before = inputs.wanted(
                windows.stream().map(CumulativeMetric::inputMetric).toList());
        List<Column> all = new ArrayList<>();
        if (query.time().granularity().isPresent()) {
            all.add(new Column(Query.TIME, ValueType.TIMESTAMP, ""));
        }
        query.dimensions()
                .forEach(name ->
                        all.add(new Column(name, definition.dimensionTypes().get(name), "")));
        all.addAll(finisher.columns());
        this.columns = List.copyOf(all);
    }

    List<Column> columns() {
        return columns;
    }

    /** What is to merge the rows that are read. */
    RowMerger merger(View view) {
        boolean[] within = before.clone();
        for (int i = 0; i < within.length; i++) {
            within[i] |= own.wants(i);
        }
        return new RowMerger(view, query, within, before);
    }

    /**
     * The rows.
     *
     * @param mostFilled how many rows may be made for buckets without events
     */
    List<Row> rows(RowMerger merger, long mostFilled) {
        Collection<Row> rows = query.limit().isPresent()
                ? new PriorityQueue<>(order().reversed()) // the last one first, to be thrown out
                : new ArrayList<>();
        if (Timeline.needed(query, List.copyOf(cumulative.keySet()))) {
            new Timeline(query, cumulative, mostFilled).each(merger, cell -> take(row(cell), rows));
        } else {
            merger.groups().forEach((key, group) -> take(row(new Cell(key, group, Map.of())), rows));
        }
        deadline.check();
        List<Row> ordered = rows.stream().sorted(order()).toList();
        deadline.check();
        return ordered;
    }

    /** Whether all that was made of groups comes from the generation alone, whether the limit left it in the answer or not. */
    boolean exact() {
        return exact;
    }

    private void take(Row row, Collection<Row> rows) {
        if (++made % ROWS_PER_CHECK == 0) {
            deadline.check();
        }
        exact &= row.status() == Status.EXACT;
        rows.add(row);
        if (rows instanceof PriorityQueue<Row> first
                && first.size() > query.limit().orElseThrow()) {
            first.remove();
        }
    }

    private Row row(Cell cell) {
        List<Object> values = new ArrayList<>(columns.size());
        if (query.time().granularity().isPresent()) {
            values.add(Instant.ofEpochSecond(cell.key().time()));
        }
        values.addAll(cell.key().dimensions());
        Map<String, Object[]> windows = new HashMap<>();
        cumulative.forEach((metric, merging) -> {
            Group window = cell.windows().get(metric.name());
            windows.put(metric.name(), window == null ? merging.zeros() : window.states());
        });
        Object[] states = cell.group() == null ? own.zeros() : cell.group().states();
        Finished finished = finisher.finish(states, windows);
        values.addAll(cell.group() == null && query.time().fill() == Fill.ZERO ? zeros(finished) : finished.values());
        return new Row(values, status(cell), finished.estimates());
    }

    /** Numbers that have no value are 0. */
    private List<Object> zeros(Finished finished) {
        List<Object> values = new ArrayList<>(finished.values());
        int first = columns.size() - values.size();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) == null) {
                values.set(i, zero(columns.get(first + i).type()));
            }
        }
        return values;
    }

    private static Object zero(ValueType type) {
        return switch (type.kind()) {
            case LONG -> 0L;
            case DOUBLE -> 0.0;
            case DECIMAL -> BigDecimal.ZERO.setScale(type.scale());
            default -> null;
        };
    }

    private Status status(Cell cell) {
        List<Group> groups = new ArrayList<>(cell.windows().values());
        if (cell.group() != null) {
            groups.add(cell.group());
        }
        boolean generation = groups.stream().anyMatch(Group::exact);
        boolean later = groups.stream().anyMatch(Group::later);
        if (!generation && !later) {
            return ofNothing;
        }
        return !later ? Status.EXACT : generation ? Status.MIXED : Status.PROVISIONAL;
    }

    /** As asked, then by time and dimensions, which differ in any two rows: the order is total. */
    private Comparator<Row> order() {
        List<String> names = columns.stream().map(Column::name).toList();
        List<Comparator<Row>> orders = new ArrayList<>();
        query.order().forEach(each -> orders.add(by(names.indexOf(each.by()), each.direction())));
        for (int i = 0; i < columns.size() - query.metrics().size(); i++) {
            orders.add(by(i, Direction.ASC));
        }
        return orders.stream().reduce(Comparator::thenComparing).orElse(Comparator.comparing(Row::status));
    }

    private static Comparator<Row> by(int column, Direction direction) {
        Comparator<Object> values = direction == Direction.ASC ? ValueOrder.VALUES : ValueOrder.VALUES.reversed();
        return Comparator.comparing(row -> row.values().get(column), Comparator.nullsLast(values));
    }
}
