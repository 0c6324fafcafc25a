package io.bifocal.core.query;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.MetricFinisher.Finished;
import io.bifocal.core.query.Query.Direction;
import io.bifocal.core.query.RowMerger.Group;
import io.bifocal.core.query.RowMerger.GroupKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Makes rows of groups: finished, in order, and no more than asked for. */
final class AnswerBuilder {
    private final Query query;
    private final MetricFinisher finisher;
    private final List<Column> columns;

    AnswerBuilder(Definition definition, Query query, MetricFinisher finisher) {
        this.query = query;
        this.finisher = finisher;
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

    List<Row> rows(Map<GroupKey, Group> groups) {
        return groups.entrySet().stream()
                .map(group -> row(group.getKey(), group.getValue()))
                .sorted(order())
                .limit(query.limit().orElse(Integer.MAX_VALUE))
                .toList();
    }

    private Row row(GroupKey key, Group group) {
        List<Object> values = new ArrayList<>(columns.size());
        if (query.time().granularity().isPresent()) {
            values.add(Instant.ofEpochSecond(key.time()));
        }
        values.addAll(key.dimensions());
        Finished finished = finisher.finish(group.states());
        values.addAll(finished.values());
        return new Row(values, group.status(), finished.estimates());
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
