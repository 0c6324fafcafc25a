package io.bifocal.core.query;

import static io.bifocal.core.query.Shop.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.query.Explanation.Considered;
import io.bifocal.core.query.Explanation.PartPlan;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a query costs is known, and bounded, before any row is read. */
class CostTest {
    private static final String HOURS =
            """
            {"model": "shop", "metrics": ["sales"], "dimensions": ["country"], "time": {"granularity": "hour"}}""";

    private final Shop shop = new Shop();

    CostTest() {
        for (int day = 1; day <= 5; day++) {
            for (int hour = 0; hour < 3; hour++) {
                shop.live(sale("2026-01-0%dT0%d:00:00Z".formatted(day, hour), "FR", 1));
            }
        }
        shop.recompute();
        shop.live(sale("2026-01-06T00:00:00Z", "FR", 1));
    }

    @Test
    void explainsWhatItWouldRead() {
        Explanation plan = shop.engine().explain(QueryParser.parse(HOURS));

        assertThat(plan.rollup()).isEqualTo("by_country");
        assertThat(plan.generation()).isEqualTo(1);
        // Two shards a day; 5 days of 3 hours in the generation, a live one of 1.
        assertThat(plan.partitions()).isEqualTo(12);
        assertThat(plan.rows()).isEqualTo(16);
        assertThat(plan.allowed()).isTrue();
        assertThat(plan.parts())
                .extracting(PartPlan::role, PartPlan::records, PartPlan::days, PartPlan::partitions, PartPlan::rows)
                .extracting(Object::toString)
                .containsExactly("(\"generation\", 15L, 5, 10L, 15L)", "(\"live\", 1L, 1, 2L, 1L)");
        assertThat(plan.considered())
                .extracting(Considered::rollup, Considered::chosen, Considered::verdict)
                .extracting(Object::toString)
                .containsExactly(
                        "(\"by_country\", true, \"the smallest that can answer\")",
                        "(\"by_sku\", false, \"lacks country\")",
                        "(\"london_days\", false, \"its buckets do not make up the range or its rows\")");
    }

    @Test
    void explainsWhatItWouldRefuse() {
        shop.limit = new Cost(1_000, 3);

        Explanation plan = shop.engine().explain(QueryParser.parse(HOURS));

        assertThat(plan.allowed()).isFalse();
        assertThat(plan.limit()).isEqualTo(shop.limit);
    }

    @Test
    void explainsAnEarlierAnswer() {
        Question again = new Question.Earlier(shop.ask(HOURS).meta().answer());
        shop.recompute();

        Explanation before = shop.engine().explain(again);

        assertThat(before.generation()).isEqualTo(1);
        assertThat(before.parts()).extracting(PartPlan::role).containsExactly("generation", "live");
    }

    @Test
    void refusesToReadTooMuchAndSaysWhichRowsWouldDo() {
        shop.limit = new Cost(1_000, 10);

        BifocalException fault = refused(HOURS);

        assertThat(fault)
                .hasMessage("The query would read 16 rows in 12 partitions of by_country; the limit is 10 rows and 1000"
                        + " partitions.");
        assertThat(fault.values())
                .containsEntry("rollup", "by_country")
                .containsEntry("estimate", new Cost(12, 16))
                .containsEntry("limit", new Cost(1_000, 10));
        assertThat(fault.remedy()).isEqualTo("Ask for rows by day, for example.");
        answers(fault, 6);
    }

    @Test
    void saysWhichRangeWouldDo() {
        shop.limit = new Cost(5, 1_000);

        BifocalException fault = refused(HOURS);

        assertThat(fault.remedy()).isEqualTo("Ask from 2026-01-05T00:00:00Z on, for example.");
        answers(fault, 4);
    }

    @Test
    void saysWithoutWhichDimensionItWouldDo() {
        Shop wide = new Shop();
        for (int country = 0; country < 20; country++) {
            wide.live(
                    sale("2026-01-01T00:00:00Z", "country " + country, 1),
                    sale("2026-01-01T05:00:00Z", "country " + country, 1));
        }
        wide.recompute();
        wide.limit = new Cost(1_000, 10);

        BifocalException fault = catchThrowableOfType(
                BifocalException.class,
                () -> wide.ask("{\"model\": \"shop\", \"metrics\": [\"sales\"], \"dimensions\": [\"country\"]}"));

        assertThat(fault.remedy()).isEqualTo("Ask by fewer dimensions, for example by none.");
        assertThat(wide.engine()
                        .answer(QueryParser.parse((JsonNode) fault.values().get("cheaper")))
                        .rows())
                .hasSize(1);
    }

    @Test
    void readsNoRowsOfWhatItRefuses() {
        shop.limit = new Cost(1, 1);
        AtomicInteger reads = new AtomicInteger();
        QueryEngine engine = shop.engine(new WholeAnswerTest.Store(shop) {
            @Override
            public CompletionStage<List<ViewRow>> rows(
                    String model, String source, View view, int day, long from, long to) {
                reads.incrementAndGet();
                return super.rows(model, source, view, day, from, to);
            }
        });

        BifocalException fault =
                catchThrowableOfType(BifocalException.class, () -> engine.answer(QueryParser.parse(HOURS)));

        assertThat(fault.code()).isEqualTo(ErrorCode.TOO_EXPENSIVE);
        assertThat(fault.values()).doesNotContainKey("cheaper");
        assertThat(reads).hasValue(0);
        shop.limit = Cost.UNLIMITED;
        Answer dear = shop.ask(HOURS);
        shop.limit = new Cost(1, 1);
        assertThat(shop.engine().answer(new Question.Earlier(dear.meta().answer())))
                .isEqualTo(dear);
    }

    private BifocalException refused(String query) {
        BifocalException fault = catchThrowableOfType(BifocalException.class, () -> shop.ask(query));
        assertThat(fault.code()).isEqualTo(ErrorCode.TOO_EXPENSIVE);
        return fault;
    }

    /** What is named as cheaper is answered. */
    private void answers(BifocalException fault, int rows) {
        JsonNode cheaper = (JsonNode) fault.values().get("cheaper");
        assertThat(shop.engine().answer(QueryParser.parse(cheaper)).rows()).hasSize(rows);
    }
}
