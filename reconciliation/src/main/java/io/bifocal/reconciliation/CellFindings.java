package io.bifocal.reconciliation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Drift;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import io.bifocal.reconciliation.Attribution.Occasion;
import io.bifocal.reconciliation.Attribution.Outcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Turns rows of all sides, sorted by cell, into what was found: a row for each number that moved, and at the end one with the
 * drift of each rollup and metric. Holds one cell at a time.
 */
final class CellFindings implements Iterator<Row> {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private final Iterator<Row> sorted;
    private final Occasion occasion;
    private final boolean redefined;
    private final Map<String, Attribution> attributions = new HashMap<>();
    private final Map<String, View> views;
    private final Map<String, Map<String, DriftMeter>> meters = new LinkedHashMap<>();
    private final Deque<Row> found = new ArrayDeque<>();
    private Row pending;
    private boolean ended;

    /** @param sorted rows of {@link Comparison#SIDED}, those of a cell one after the other */
    CellFindings(Iterator<Row> sorted, Occasion occasion) {
        this.sorted = sorted;
        this.occasion = occasion;
        this.redefined = occasion.redefined();
        this.views = View.of(occasion.after()).stream().collect(Collectors.toMap(View::name, view -> view));
        this.pending = sorted.hasNext() ? sorted.next() : null;
    }

    @Override
    public boolean hasNext() {
        while (found.isEmpty() && pending != null) {
            judge();
        }
        if (found.isEmpty() && !ended) {
            ended = true;
            meters.values().forEach(metrics -> metrics.values().forEach(meter -> found.add(driftRow(meter.drift()))));
        }
        return !found.isEmpty();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return found.remove();
    }

    private void judge() {
        Row first = pending;
        String rollup = first.getString(0);
        Cell cell = new Cell(first.getLong(2), first.getAs(3));
        while (pending != null && sameCell(first, pending)) {
            cell.add(Side.valueOf(pending.getString(4)), pending.getAs(5));
            pending = sorted.hasNext() ? sorted.next() : null;
        }
        Outcome outcome = attributions
                .computeIfAbsent(rollup, name -> new Attribution(occasion, name))
                .of(cell);
        outcome.exact().forEach(move -> found.add(moveRow(rollup, cell, move, "")));
        Map<String, Move> moves = new HashMap<>();
        outcome.served().forEach(move -> moves.put(move.metric(), move));
        outcome.values().forEach((metric, value) -> {
            Move move = moves.get(metric);
            String kind = "";
            if (!redefined && (cell.has(Side.LIVE) || isUnexplained(move))) {
                kind = meters.computeIfAbsent(rollup, name -> new LinkedHashMap<>())
                        .computeIfAbsent(metric, name -> new DriftMeter(rollup, name))
                        .add(move, value);
            }
            if (move != null) {
                found.add(moveRow(rollup, cell, move, kind));
            }
        });
    }

    /** A row that is missing may have been a live one. */
    private static boolean isUnexplained(Move move) {
        return move != null && move.hasCause(Cause.UNEXPLAINED);
    }

    private static boolean sameCell(Row left, Row right) {
        return left.getLong(2) == right.getLong(2)
                && left.getString(0).equals(right.getString(0))
                && Arrays.equals(left.<byte[]>getAs(3), right.<byte[]>getAs(3));
    }

    private Row moveRow(String rollup, Cell cell, Move move, String drift) {
        View view = views.get(rollup);
        Object[] key = RowCodec.decodeKey(view.dimensionTypes(), cell.key());
        Map<String, Object> dimensions = new LinkedHashMap<>();
        for (int i = 0; i < key.length; i++) {
            dimensions.put(view.dimensions().get(i), plain(key[i]));
        }
        List<Row> causes = move.causes().stream()
                .map(cause -> RowFactory.create(cause.cause().text(), delta(cause)))
                .toList();
        return RowFactory.create(
                rollup,
                move.metric(),
                Instant.ofEpochSecond(cell.bucket()),
                json(dimensions),
                json(plain(move.before())),
                json(plain(move.after())),
                causes.toArray(Row[]::new),
                drift,
                null);
    }

    private static Row driftRow(Drift drift) {
        return RowFactory.create(drift.rollup(), drift.metric(), null, null, null, null, new Row[0], "", json(drift));
    }

    private static String delta(Contribution cause) {
        return cause.delta() == null ? null : cause.delta().toPlainString();
    }

    /** As answers write it: what is neither number nor truth is text. */
    private static Object plain(Object value) {
        if (value instanceof Double number && !Double.isFinite(number)) {
            return null;
        }
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
