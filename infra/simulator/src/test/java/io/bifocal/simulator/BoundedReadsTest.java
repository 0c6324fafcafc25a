package io.bifocal.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.cut.Folder;
import io.bifocal.core.cut.GarbageCollector;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.view.InMemoryViewStore;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import io.bifocal.simulator.SimulatedModel.Content;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How much a query reads of a speed job that commits ten micro-batches a second, with the defaults of it all: for an hour, or
 * with {@code -Dbifocal.seconds=86400} for a day.
 */
class BoundedReadsTest {
    private static final int MICRO_BATCHES_PER_SECOND = 10;
    private static final int SECONDS = Integer.getInteger("bifocal.seconds", 3600);
    private static final int BATCHES_PER_PART = 16;
    private static final int FANOUT = 4;
    private static final int COLLECT_SECONDS = 30;
    private static final Duration GRACE = Duration.ofMinutes(2);
    /** The live part, those that are about to be folded, and fewer than can be folded of each level: ten are 19 days. */
    private static final int MOST_ROWS = BATCHES_PER_PART * (1 + FANOUT) + (FANOUT - 1) * 10;

    private static final String TOPIC = "topic-1";

    private final SimulatedCatalog catalog = new SimulatedCatalog(false);
    private final SimulatedModel model = catalog.wanted();
    private final SimulatedClock clock = new SimulatedClock();
    private final ManifestEditor editor = new ManifestEditor(new InMemoryManifestStore(), clock);
    private final ViewStore views = new InMemoryViewStore();
    private final Folder folder = new Folder(editor, views, clock, FANOUT);
    private final GarbageCollector collector = new GarbageCollector(editor, views, clock, GRACE);
    private final Map<Instant, List<ViewRow>> rowsOfAnHour = new HashMap<>();

    @Test
    void foldsKeepTheRowsOfABucketFew() {
        LiveRun live = LiveRun.join(editor, views, SimulatedModel.NAME, model.hash(), "run", BATCHES_PER_PART);
        int most = 0;
        for (int second = 0; second < SECONDS; second++) {
            for (int i = 0; i < MICRO_BATCHES_PER_SECOND; i++) {
                commit(live);
                clock.advance(Duration.ofMillis(1000 / MICRO_BATCHES_PER_SECOND));
            }
            most = Math.max(most, second % 60 == 0 ? rowsOfABucket() : 0);
            while (folder.foldOnce(SimulatedModel.NAME, model.hash(), model.views())
                    .isPresent()) {
                // A fold may make room for the next level's.
            }
            if (second % COLLECT_SECONDS == 0) {
                collector.collect(SimulatedModel.NAME);
            }
        }
        Manifest manifest = editor.read(SimulatedModel.NAME);
        System.out.printf(
                "bounded reads: after %d micro-batches the chain has %d parts; of one bucket and key %d rows are read,"
                        + " %d at most; %d parts are stored%n",
                SECONDS * MICRO_BATCHES_PER_SECOND,
                manifest.chain().size(),
                rowsOfABucket(),
                most,
                views.parts(SimulatedModel.NAME).size());
        assertThat(manifest.end().offset(TOPIC, 0)).isEqualTo((long) SECONDS * MICRO_BATCHES_PER_SECOND);
        assertThat(most).isLessThanOrEqualTo(MOST_ROWS);
    }

    /** One record, which gives one row for each view. */
    private void commit(LiveRun live) {
        Positions from = live.end();
        Positions to = Positions.of(TOPIC, Map.of(0, from.offset(TOPIC, 0) + 1));
        LiveRun.Slot slot = live.next();
        List<ViewRow> rows = rowsNow().stream()
                .map(row -> new ViewRow(
                        row.view(), row.day(), row.shard(), row.bucket(), row.key(), slot.batch(), 0, row.states()))
                .toList();
        views.write(SimulatedModel.NAME, slot.part(), rows);
        views.writeIndex(
                SimulatedModel.NAME,
                slot.part(),
                rows.stream()
                        .map(row -> new PartDay(row.view(), row.day(), slot.part(), slot.batch()))
                        .toList());
        assertThat(live.commit(from, to, 1, clock.instant())).isTrue();
    }

    /** Of an event of this hour. */
    private List<ViewRow> rowsNow() {
        Instant hour = Instant.ofEpochSecond(clock.instant().getEpochSecond() / 3600 * 3600);
        return rowsOfAnHour.computeIfAbsent(
                hour,
                at -> model.live(
                        List.of(catalog.entry(
                                TOPIC, 0, 0, at.toEpochMilli(), new Content(at, "Bergen", true, 7L, "e1", true))),
                        1,
                        0));
    }

    /** As many as a query for the whole day reads: of the daily view, where all events have one bucket and one key. */
    private int rowsOfABucket() {
        View daily = View.of(model.definition(), "daily");
        int rows = 0;
        for (Part part : editor.read(SimulatedModel.NAME).chain()) {
            for (PartDay day : views.index(SimulatedModel.NAME, part.id())
                    .toCompletableFuture()
                    .join()) {
                if (day.view().equals(daily.name())) {
                    rows += views.rows(
                                    SimulatedModel.NAME, day.source(), daily, day.day(), Long.MIN_VALUE, Long.MAX_VALUE)
                            .toCompletableFuture()
                            .join()
                            .size();
                }
            }
        }
        return rows;
    }
}
