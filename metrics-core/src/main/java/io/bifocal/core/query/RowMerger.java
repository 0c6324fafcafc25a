package io.bifocal.core.query;

import io.bifocal.core.model.ValueType;
import io.bifocal.core.query.Plan.Read;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Snapshot.Role;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Merges the states of rows into the groups that a query asks for. */
final class RowMerger {
    /** Enough for the keys of most views; beyond it keys are decoded again. */
    private static final int CACHED_KEYS = 100_000;

    private static final Comparator<ViewRow> STORAGE_ORDER = Comparator.comparingLong(ViewRow::bucket)
            .thenComparing(ViewRow::key, Arrays::compareUnsigned)
            .thenComparingInt(ViewRow::batch)
            .thenComparingInt(ViewRow::writer);

    /**
     * What the rows of an answer differ in.
     *
     * @param time start of the row's bucket in epoch seconds; 0 where the query asks for no granularity
     */
    record GroupKey(long time, List<Object> dimensions) {}

    /** The states of a group and where they come from. */
    static final class Group {
        private Object[] states;
        private boolean exact;
        private boolean later;

        Object[] states() {
            return states;
        }

        /** Whether there are events of the generation in it. */
        boolean exact() {
            return exact;
        }

        /** Whether there are events in it that arrived after the generation's cut. */
        boolean later() {
            return later;
        }
    }

    /** How groups are merged, of which some states are wanted. */
    static final class Merging {
        private final View view;
        private final boolean[] wanted;

        Merging(View view, boolean[] wanted) {
            this.view = view;
            this.wanted = wanted;
        }

        /** The result, to which both are given up; null is nothing. */
        Group merge(Group left, Group right) {
            if (left == null) {
                return right;
            }
            merge(left.states, right.states);
            left.exact |= right.exact;
            left.later |= right.later;
            return left;
        }

        Group copy(Group group) {
            Group copy = new Group();
            copy.states = new Object[group.states.length];
            copy.exact = group.exact;
            copy.later = group.later;
            for (int i = 0; i < wanted.length; i++) {
                if (wanted[i]) {
                    copy.states[i] = RowCodec.at(view.aggregates(), i).copy(group.states[i]);
                }
            }
            return copy;
        }

        boolean wants(int state) {
            return wanted[state];
        }

        /** The states of no events. */
        Object[] zeros() {
            Object[] zeros = new Object[wanted.length];
            for (int i = 0; i < wanted.length; i++) {
                zeros[i] = wanted[i] ? RowCodec.at(view.aggregates(), i).zero() : null;
            }
            return zeros;
        }

        private void merge(Object[] into, Object[] states) {
            for (int i = 0; i < wanted.length; i++) {
                if (wanted[i]) {
                    into[i] = RowCodec.at(view.aggregates(), i).merge(into[i], states[i]);
                }
            }
        }
    }

    private final View view;
    private final Merging within;
    private final Merging before;
    private final long from;
    private final Optional<TimeGrid> asked;
    private final int[] projection;
    private final Map<Integer, Predicate<Object>> conditions = new HashMap<>();
    private final Map<ByteBuffer, Optional<List<Object>>> keys = new HashMap<>();
    private final Map<GroupKey, Group> groups = new HashMap<>();
    private final Map<GroupKey, Group> earlier = new HashMap<>();
    private long merged;

    /**
     * @param within which of the view's states are needed of rows in the query's range
     * @param before which are needed of rows before it
     * @throws io.bifocal.core.error.BifocalException {@code BAD_QUERY} where a filter does not fit its dimension's type
     */
    RowMerger(View view, Query query, boolean[] within, boolean[] before) {
        this.view = view;
        this.within = new Merging(view, within);
        this.before = new Merging(view, before);
        this.from = Span.of(query.time()).from();
        this.asked = query.time()
                .granularity()
                .map(granularity -> new TimeGrid(granularity, query.time().zone()));
        this.projection =
                query.dimensions().stream().mapToInt(view.dimensions()::indexOf).toArray();
        for (Filter filter : query.filters()) {
            int dimension = view.dimensions().indexOf(filter.dimension());
            ValueType type = view.dimensionTypes().get(dimension);
            conditions.merge(dimension, Condition.of(filter, type), Predicate::and);
        }
    }

    void add(Read read, List<ViewRow> rows) {
        int batches = read.source().role() == Role.LIVE ? read.source().batches() : Integer.MAX_VALUE;
        long bucket = Long.MIN_VALUE;
        long time = 0;
        for (ViewRow row : ordered(rows)) {
            if (row.batch() > batches) {
                continue; // Rule 2: a micro-batch that is not committed does not exist.
            }
            Optional<List<Object>> dimensions = dimensions(row.key());
            if (dimensions.isEmpty()) {
                continue;
            }
            if (row.bucket() != bucket) {
                bucket = row.bucket();
                time = asked.isPresent() ? asked.get().floor(bucket) : 0;
            }
            merged++;
            GroupKey key = new GroupKey(time, dimensions.get());
            if (bucket >= from) {
                groups.merge(key, group(row, within, read), within::merge);
            } else {
                earlier.merge(key, group(row, before, read), before::merge);
            }
        }
    }

    /** How many rows passed the filters. */
    long merged() {
        return merged;
    }

    /** Of rows within the query's range. */
    Map<GroupKey, Group> groups() {
        return groups;
    }

    /** How many groups it holds, those before the range included. */
    int size() {
        return groups.size() + earlier.size();
    }

    /** Of rows before it, which cumulative metrics need. */
    Map<GroupKey, Group> earlier() {
        return earlier;
    }

    private Group group(ViewRow row, Merging merging, Read read) {
        Group group = new Group();
        group.states = RowCodec.decodeStates(view.aggregates(), row.states(), merging.wanted);
        group.exact = read.source().role() == Role.GENERATION;
        group.later = !group.exact;
        return group;
    }

    /** The group's dimensions; empty where a filter leaves the row out. */
    private Optional<List<Object>> dimensions(byte[] key) {
        ByteBuffer wrapped = ByteBuffer.wrap(key);
        Optional<List<Object>> known = keys.get(wrapped);
        if (known != null) {
            return known;
        }
        Object[] values = RowCodec.decodeKey(view.dimensionTypes(), key);
        boolean passes = conditions.entrySet().stream()
                .allMatch(condition -> condition.getValue().test(values[condition.getKey()]));
        Optional<List<Object>> result = passes
                ? Optional.of(Collections.unmodifiableList(Arrays.asList(Arrays.stream(projection)
                        .mapToObj(index -> values[index])
                        .toArray())))
                : Optional.empty();
        if (keys.size() < CACHED_KEYS) {
            keys.put(wrapped, result);
        }
        return result;
    }

    /** Stores may give rows in any order; one order makes sums of doubles repeatable. */
    private static List<ViewRow> ordered(List<ViewRow> rows) {
        for (int i = 1; i < rows.size(); i++) {
            if (STORAGE_ORDER.compare(rows.get(i - 1), rows.get(i)) > 0) {
                return rows.stream().sorted(STORAGE_ORDER).toList();
            }
        }
        return rows;
    }
}
