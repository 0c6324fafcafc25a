package io.bifocal.core.query;

import static io.bifocal.core.query.Shop.sale;
import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.view.RetainedDays;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Days that a model does not keep. */
class RetentionTest {
    private static final String BY_DAY =
            """
            {"model": "shop", "metrics": ["sales"], "time": {"granularity": "day", "zone": "%s"}}""";

    private final Shop shop = new Shop()
            .live(
                    sale("2026-06-08T10:00:00Z", "FR", 1),
                    sale("2026-06-08T23:30:00Z", "FR", 1),
                    sale("2026-06-09T10:00:00Z", "DE", 1),
                    sale("2026-06-10T10:00:00Z", "DE", 1))
            .recompute();

    @Test
    void areGoneWithTheGenerationThatLeavesThemOut() {
        assertThat(sales("UTC")).containsExactly(2L, 1L, 1L);

        keepFrom("2026-06-09");
        shop.recompute();

        assertThat(sales("UTC")).containsExactly(1L, 1L);
        // The 9th of June begins in London at 23:00 UTC on the 8th.
        assertThat(sales("Europe/London")).containsExactly(2L, 1L);
    }

    @Test
    void doNotComeBackWithWhatIsLate() {
        keepFrom("2026-06-09");
        shop.recompute().live(sale("2026-06-08T11:00:00Z", "FR", 1), sale("2026-06-09T11:00:00Z", "FR", 1));

        assertThat(sales("UTC")).containsExactly(2L, 1L);
        shop.recompute();
        assertThat(sales("UTC")).containsExactly(2L, 1L);
        assertThat(shop.manifest().generation().records()).isEqualTo(6);
    }

    @Test
    void doNotComeBackWhenMoreAreKeptLater() {
        keepFrom("2026-06-10");
        shop.recompute();
        keepFrom("2026-06-01");
        shop.live(sale("2026-06-08T11:00:00Z", "FR", 1)).recompute();

        assertThat(sales("UTC")).containsExactly(1L);
    }

    @Test
    void areInAnEarlierAnswerForAsLongAsThatCanBeGiven() {
        Answer before = shop.ask(BY_DAY.formatted("UTC"));
        keepFrom("2026-06-10");
        shop.recompute();
        Answer after = shop.ask(BY_DAY.formatted("UTC"));

        assertThat(shop.engine()
                        .answer(new Question.Earlier(before.meta().answer()))
                        .rows())
                .isEqualTo(before.rows())
                .hasSize(3);
        assertThat(shop.engine()
                        .answer(new Question.Earlier(after.meta().answer()))
                        .rows())
                .isEqualTo(after.rows())
                .hasSize(1);
    }

    @Test
    void areWarnedOfWhereTheyAreAskedFor() {
        keepFrom("2026-06-09");
        shop.recompute();

        assertThat(shop.ask(BY_DAY.formatted("UTC")).meta().warnings())
                .containsExactly("Days before 2026-06-09 are not kept, and not in these rows.");
        assertThat(shop.ask(
                                """
                                {"model": "shop", "metrics": ["sales"], "time": {"from": "2026-06-09T00:00:00Z"}}""")
                        .meta()
                        .warnings())
                .isEmpty();
    }

    private void keepFrom(String first) {
        shop.retained = new RetainedDays(Optional.of(LocalDate.parse(first)));
    }

    private List<Object> sales(String zone) {
        return shop.ask(BY_DAY.formatted(zone)).rows().stream()
                .map(row -> row.values().get(1))
                .toList();
    }
}
