package io.bifocal.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.aggregate.Aggregates;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.view.ViewStore.PartDay;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every store of view rows promises. A store's test extends this and says where the store is. */
public abstract class ViewStoreContract {
    private static final int DAY = 14_944;
    private static final long MIDNIGHT = DAY * 86_400L;
    private static final int SHARDS = 3;
    private static final View VIEW = view("by_country", SHARDS);
    private static final View OTHER_VIEW = view("total", 1);

    private final String model = "m" + UUID.randomUUID().toString().replace("-", "");

    protected abstract ViewStore store();

    @Test
    void givesBackRowsAsTheyWereWritten() {
        String part = registered();
        byte[] large = new byte[300_000];
        Arrays.fill(large, (byte) 7);
        List<ViewRow> rows = List.of(
                row(VIEW, DAY, MIDNIGHT, "France", 0, 0, "a"),
                row(VIEW, DAY, MIDNIGHT, "", 3, 2, ""),
                new ViewRow(VIEW.name(), DAY, 1, MIDNIGHT + 60, new byte[] {0, -1}, 0, 0, large));
        store().write(model, part, rows);
        assertThat(all(part, VIEW, DAY)).isEqualTo(texts(rows));
    }

    @Test
    void readsTheBucketsOfARangeFromEveryShard() {
        String part = registered();
        List<ViewRow> rows = new ArrayList<>();
        for (int minute = 0; minute < 60; minute++) {
            for (String country : List.of("France", "Germany", "EIRE", "Norway", "Spain")) {
                rows.add(row(VIEW, DAY, MIDNIGHT + minute * 60L, country, 0, 0, country + minute));
            }
        }
        assertThat(rows.stream().map(ViewRow::shard).distinct()).hasSize(SHARDS);
        store().write(model, part, rows);
        List<ViewRow> wanted = rows.stream()
                .filter(row -> row.bucket() >= MIDNIGHT + 600 && row.bucket() < MIDNIGHT + 1200)
                .toList();
        assertThat(texts(read(part, VIEW, DAY, MIDNIGHT + 600, MIDNIGHT + 1200)))
                .isEqualTo(texts(wanted));
    }

    @Test
    void keepsMicroBatchesAndWritersOfOneKeyApart() {
        String part = registered();
        List<ViewRow> rows = List.of(
                row(VIEW, DAY, MIDNIGHT, "France", 1, 0, "a"),
                row(VIEW, DAY, MIDNIGHT, "France", 1, 1, "b"),
                row(VIEW, DAY, MIDNIGHT, "France", 2, 0, "c"));
        rows.forEach(row -> store().write(model, part, List.of(row)));
        assertThat(all(part, VIEW, DAY)).isEqualTo(texts(rows));
    }

    @Test
    void repeatedWritesChangeNothing() {
        String part = registered();
        List<ViewRow> rows = List.of(row(VIEW, DAY, MIDNIGHT, "France", 1, 0, "a"));
        store().write(model, part, rows);
        store().write(model, part, rows);
        assertThat(all(part, VIEW, DAY)).isEqualTo(texts(rows));
    }

    @Test
    void writesNothingOfNoRows() {
        String part = registered();
        store().write(model, part, List.of());
        store().writeIndex(model, part, List.of());
        assertThat(all(part, VIEW, DAY)).isEmpty();
        assertThat(index(part)).isEmpty();
    }

    @Test
    void keepsViewsDaysPartsAndModelsApart() {
        String part = registered();
        String other = registered();
        store().register(model + "x", part);
        store().write(
                        model,
                        part,
                        List.of(
                                row(VIEW, DAY, MIDNIGHT, "France", 0, 0, "mine"),
                                row(OTHER_VIEW, DAY, MIDNIGHT, "France", 0, 0, "view"),
                                row(VIEW, DAY + 1, MIDNIGHT, "France", 0, 0, "day"),
                                row(VIEW, -2, -2 * 86_400L, "France", 0, 0, "before 1970")));
        store().write(model, other, List.of(row(VIEW, DAY, MIDNIGHT, "France", 0, 0, "part")));
        store().write(model + "x", part, List.of(row(VIEW, DAY, MIDNIGHT, "France", 0, 0, "model")));
        assertThat(all(part, VIEW, DAY)).hasSize(1).first().asString().endsWith("mine");
        assertThat(all(part, VIEW, -2)).hasSize(1).first().asString().endsWith("before 1970");
        assertThat(all(other, VIEW, DAY)).hasSize(1).first().asString().endsWith("part");
    }

    @Test
    void writesManyRowsAtOnce() {
        String part = registered();
        List<ViewRow> rows = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            rows.add(row(VIEW, DAY + i % 5, MIDNIGHT + i % 5 * 86_400L, "key" + i, 0, 0, "state" + i));
        }
        store().write(model, part, rows);
        for (int day = DAY; day < DAY + 5; day++) {
            int wanted = day;
            assertThat(all(part, VIEW, day))
                    .isEqualTo(texts(
                            rows.stream().filter(row -> row.day() == wanted).toList()));
        }
    }

    @Test
    void givesBackTheIndexWithDaysThatWereCarriedOver() {
        String part = registered();
        PartDay own = new PartDay(VIEW.name(), DAY, part, 12);
        PartDay carried = new PartDay(VIEW.name(), -3, "batch-1-00", 0);
        store().writeIndex(model, part, List.of(own, carried));
        assertThat(index(part)).containsExactlyInAnyOrder(own, carried);
    }

    @Test
    void addsLinesToAnIndexAndReplacesThoseOfTheSameDay() {
        String part = registered();
        store().writeIndex(model, part, List.of(new PartDay(VIEW.name(), DAY, part, 12)));
        List<PartDay> later =
                List.of(new PartDay(VIEW.name(), DAY, part, 20), new PartDay(OTHER_VIEW.name(), DAY, part, 1));
        store().writeIndex(model, part, later);
        assertThat(index(part)).containsExactlyInAnyOrderElementsOf(later);
    }

    @Test
    void hasNothingOfAnUnknownPart() {
        assertThat(index("live-1-00")).isEmpty();
        assertThat(all("live-1-00", VIEW, DAY)).isEmpty();
        assertThat(store().parts(model)).isEmpty();
    }

    @Test
    void listsPartsFromRegistrationUntilTheyAreDropped() {
        String part = registered();
        String other = registered();
        store().register(model, other);
        assertThat(store().parts(model)).containsExactlyInAnyOrder(part, other);
        store().drop(model, part);
        assertThat(store().parts(model)).containsExactly(other);
    }

    @Test
    void dropsAllRowsOfAPartAndItsIndexAndMayDoSoAgain() {
        String part = registered();
        String other = registered();
        for (String each : List.of(part, other)) {
            store().write(model, each, List.of(row(VIEW, DAY, MIDNIGHT, "France", 0, 0, "a")));
            store().writeIndex(model, each, List.of(new PartDay(VIEW.name(), DAY, each, 1)));
        }
        store().drop(model, part);
        store().drop(model, part);
        assertThat(all(part, VIEW, DAY)).isEmpty();
        assertThat(index(part)).isEmpty();
        assertThat(all(other, VIEW, DAY)).hasSize(1);
        assertThat(index(other)).hasSize(1);
    }

    @Test
    void dropsRowsWhoseWriterDiedBeforeItWroteTheIndex() {
        String part = registered();
        store().write(model, part, List.of(row(VIEW, DAY, MIDNIGHT, "France", 0, 0, "a")));
        store().drop(model, part);
        assertThat(all(part, VIEW, DAY)).isEmpty();
    }

    @Test
    void dropsSomeDaysOfAPartAndLeavesTheOthers() {
        String part = registered();
        PartDay gone = new PartDay(VIEW.name(), DAY, part, 1);
        PartDay otherDay = new PartDay(VIEW.name(), DAY + 1, part, 1);
        PartDay otherView = new PartDay(OTHER_VIEW.name(), DAY, part, 1);
        store().write(
                        model,
                        part,
                        List.of(
                                row(VIEW, DAY, MIDNIGHT, "France", 0, 0, "a"),
                                row(VIEW, DAY, MIDNIGHT, "Spain", 0, 0, "a"),
                                row(VIEW, DAY + 1, MIDNIGHT + 86_400, "France", 0, 0, "b"),
                                row(OTHER_VIEW, DAY, MIDNIGHT, "France", 0, 0, "c")));
        store().writeIndex(model, part, List.of(gone, otherDay, otherView));
        store().dropDays(model, part, List.of(gone));
        store().dropDays(model, part, List.of(gone));
        assertThat(all(part, VIEW, DAY)).isEmpty();
        assertThat(all(part, VIEW, DAY + 1)).hasSize(1);
        assertThat(all(part, OTHER_VIEW, DAY)).hasSize(1);
        assertThat(index(part)).containsExactlyInAnyOrder(otherDay, otherView);
        assertThat(store().parts(model)).containsExactly(part);
    }

    private String registered() {
        String part = PartId.next("test", 1);
        store().register(model, part);
        return part;
    }

    private static View view(String name, int shards) {
        return new View(
                name,
                new TimeGrid(Granularity.MINUTE, ZoneOffset.UTC),
                List.of("country"),
                List.of(ValueType.STRING),
                List.of(Aggregates.COUNT),
                shards);
    }

    private static ViewRow row(View view, int day, long bucket, String country, int batch, int writer, String states) {
        byte[] key = RowCodec.encodeKey(view.dimensionTypes(), new Object[] {country});
        return new ViewRow(
                view.name(),
                day,
                RowCodec.shard(key, view.shards()),
                bucket,
                key,
                batch,
                writer,
                states.getBytes(StandardCharsets.UTF_8));
    }

    private List<PartDay> index(String part) {
        return store().index(model, part).toCompletableFuture().join();
    }

    private List<ViewRow> read(String part, View view, int day, long from, long to) {
        return store().rows(model, part, view, day, from, to)
                .toCompletableFuture()
                .join();
    }

    private List<String> all(String part, View view, int day) {
        return texts(read(part, view, day, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    /** Rows as texts that compare by content, in order. */
    private static List<String> texts(List<ViewRow> rows) {
        return rows.stream()
                .map(row -> "%s %d %d %d %s %d %d %s"
                        .formatted(
                                row.view(),
                                row.day(),
                                row.shard(),
                                row.bucket(),
                                Arrays.toString(row.key()),
                                row.batch(),
                                row.writer(),
                                new String(row.states(), StandardCharsets.UTF_8)))
                .sorted()
                .toList();
    }
}
