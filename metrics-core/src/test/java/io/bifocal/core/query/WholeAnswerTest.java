package io.bifocal.core.query;

import static io.bifocal.core.query.Shop.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.cut.ManualClock;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Nothing missing is served as if it were there. */
class WholeAnswerTest {
    private static final Query TOTAL = Query.of("shop", List.of("sales"));

    private final Shop shop = new Shop()
            .live(sale("2026-01-01T10:00:00Z", "FR", 1), sale("2026-01-02T10:00:00Z", "FR", 1))
            .recompute()
            .live(sale("2026-01-03T10:00:00Z", "FR", 1));

    @Test
    void givesUpAtTheDeadline() {
        Store slow = new Store(shop) {
            @Override
            public CompletionStage<List<ViewRow>> rows(
                    String model, String source, View view, int day, long from, long to) {
                return new CompletableFuture<>();
            }
        };

        assertThatThrownBy(() -> shop.engine(slow).answer(TOTAL))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.DEADLINE))
                .hasMessageContaining("500 ms");
    }

    @Test
    void givesUpAtTheDeadlineWhileItPlans() {
        Store slow = new Store(shop) {
            @Override
            public CompletionStage<List<PartDay>> index(String model, String part) {
                return new CompletableFuture<>();
            }
        };

        assertThatThrownBy(() -> shop.engine(slow).answer(TOTAL))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.DEADLINE));
    }

    @Test
    void givesUpAtTheDeadlineWhileItMergesAndSorts() {
        ManualClock clock = new ManualClock(Shop.NOW);
        shop.clock = clock;
        Store dawdling = new Store(shop) {
            @Override
            public CompletionStage<List<ViewRow>> rows(
                    String model, String source, View view, int day, long from, long to) {
                return super.rows(model, source, view, day, from, to).thenApply(rows -> new ArrayList<>(rows) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public Iterator<ViewRow> iterator() {
                        clock.advance(Duration.ofSeconds(1));
                        return super.iterator();
                    }
                });
            }
        };

        assertThatThrownBy(
                        () -> shop.engine(dawdling)
                                .answer(
                                        QueryParser.parse(
                                                """
                {"model": "shop", "metrics": ["sales"],
                 "time": {"from": "2026-01-02T00:00:00Z", "to": "2026-01-03T00:00:00Z"}}""")))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.DEADLINE));
    }

    @Test
    void refusesWhereAReadFails() {
        Store broken = new Store(shop) {
            @Override
            public CompletionStage<List<ViewRow>> rows(
                    String model, String source, View view, int day, long from, long to) {
                return CompletableFuture.failedFuture(new IllegalStateException("no quorum"));
            }
        };

        assertThatThrownBy(() -> shop.engine(broken).answer(TOTAL))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("no quorum");
    }

    @Test
    void refusesWhereRowsOfTheGenerationAreMissing() {
        shop.views.drop("shop", shop.manifest().generation().part());

        assertThatThrownBy(() -> shop.engine().answer(TOTAL))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("missing");
    }

    @Test
    void refusesWhereADayOfTheGenerationIsMissing() {
        Store forgetful = new Store(shop) {
            @Override
            public CompletionStage<List<ViewRow>> rows(
                    String model, String source, View view, int day, long from, long to) {
                return CompletableFuture.completedFuture(List.of());
            }
        };

        assertThatThrownBy(() -> shop.engine(forgetful).answer(TOTAL))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.UNAVAILABLE));
    }

    @Test
    void saysThatRecordsAreLost() {
        shop.editor().apply("shop", (manifest, now) -> {
            Positions end = manifest.end();
            Positions later = Positions.of("topic-1", Map.of(0, end.offset("topic-1", 0) + 5));
            Part hole = Part.hole(PartId.next("hole", manifest.version()), end, later, manifest.version());
            return manifest.bridge(hole, manifest.definition(), now);
        });

        Answer answer = shop.engine().answer(TOTAL);

        assertThat(answer.meta().partial()).isTrue();
        assertThat(answer.meta().warnings())
                .singleElement()
                .asString()
                .contains("missing")
                .contains("of partition 0");
        assertThat(answer.rows()).singleElement().satisfies(row -> assertThat(row.values())
                .containsExactly(3L));
        assertThatThrownBy(
                        () -> shop.ask(
                                """
                {"model": "shop", "metrics": ["sales"], "time": {"to": "2026-01-02T00:00:00Z"},
                 "consistency": {"require": "exact"}}"""))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.NOT_EXACT));
    }

    @Test
    void readsOnlyDaysOfTheRangeAndFewAtOnce() {
        AtomicInteger reads = new AtomicInteger();
        Store counting = new Store(shop) {
            @Override
            public CompletionStage<List<ViewRow>> rows(
                    String model, String source, View view, int day, long from, long to) {
                reads.incrementAndGet();
                return super.rows(model, source, view, day, from, to);
            }
        };

        shop.engine(counting)
                .answer(
                        QueryParser.parse(
                                """
                {"model": "shop", "metrics": ["sales"],
                 "time": {"from": "2026-01-02T00:00:00Z", "to": "2026-01-03T00:00:00Z"}}"""));

        assertThat(reads).hasValue(1);
    }

    /** The shop's store, to be overridden. */
    static class Store implements ViewStore {
        private final ViewStore store;

        Store(Shop shop) {
            this.store = shop.views;
        }

        @Override
        public void register(String model, String part) {
            store.register(model, part);
        }

        @Override
        public List<String> parts(String model) {
            return store.parts(model);
        }

        @Override
        public void write(String model, String part, Collection<ViewRow> rows) {
            store.write(model, part, rows);
        }

        @Override
        public void writeIndex(String model, String part, Collection<PartDay> days) {
            store.writeIndex(model, part, days);
        }

        @Override
        public CompletionStage<List<PartDay>> index(String model, String part) {
            return store.index(model, part);
        }

        @Override
        public CompletionStage<List<ViewRow>> rows(
                String model, String source, View view, int day, long from, long to) {
            return store.rows(model, source, view, day, from, to);
        }

        @Override
        public void drop(String model, String part) {
            store.drop(model, part);
        }

        @Override
        public void dropDays(String model, String part, Collection<PartDay> days) {
            store.dropDays(model, part, days);
        }
    }
}
