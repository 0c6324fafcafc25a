package io.bifocal.core.query;

import static io.bifocal.core.query.Shop.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Lineage.Contribution;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where one number comes from. */
class LineageTest {
    private static final String BY_DAY =
            """
            {"model": "shop", "metrics": ["units", "revenue_per_buyer"], "dimensions": ["country"],
             "time": {"granularity": "day"}}""";

    private final Shop shop = new Shop()
            .redefine(
                    new CumulativeMetric("ever", "", "", "units", Optional.empty(), Optional.empty()),
                    new DerivedMetric("share", "", "", "units / ever", List.of("units", "ever")))
            .live(sale("2026-01-01T10:00:00Z", "FR", 1), sale("2026-01-02T10:00:00Z", "FR", 2))
            .recompute()
            .live(sale("2026-01-02T11:00:00Z", "FR", 4), sale("2026-01-02T11:00:00Z", null, 8));

    @Test
    void tellsWhatEachPartHolds() {
        Lineage lineage = lineage("units", "time:2026-01-02T00:00:00Z", "country:FR");

        Manifest manifest = shop.manifest();
        assertThat(lineage.value()).isEqualTo(6L);
        assertThat(lineage.status()).contains(Status.MIXED);
        assertThat(lineage.from()).contains(Instant.parse("2026-01-02T00:00:00Z"));
        assertThat(lineage.to()).contains(Instant.parse("2026-01-03T00:00:00Z"));
        assertThat(lineage.parts()).extracting(Contribution::value).containsExactly(2L, 4L);
        Contribution generation = lineage.parts().get(0);
        assertThat(generation.role()).isEqualTo("generation");
        assertThat(generation.to()).contains(manifest.generation().cut());
        assertThat(generation.archiveVersion()).contains(1L);
        assertThat(generation.rows()).isEqualTo(1);
        assertThat(generation.stored())
                .extracting(each -> each.day() + " " + each.part())
                .containsExactly("2026-01-02 " + manifest.generation().part());
        Contribution live = lineage.parts().get(1);
        assertThat(live.role()).isEqualTo("live");
        assertThat(live.from()).contains(manifest.generation().cut());
        assertThat(live.to()).contains(manifest.end());
        assertThat(live.archiveVersion()).isEmpty();
        assertThat(live.records()).isEqualTo(2);
    }

    @Test
    void addsUpToWhatTheAnswerSays() {
        for (Answer.Row row : shop.ask(BY_DAY).rows()) {
            String country = row.values().get(1) == null
                    ? "country"
                    : "country:" + row.values().get(1);
            Lineage lineage = lineage("units", "time:" + row.values().get(0), country);

            assertThat(lineage.value()).isEqualTo(row.values().get(2));
            assertThat(lineage.status()).contains(row.status());
        }
    }

    @Test
    void tellsWhatARatioIsMadeOf() {
        Lineage lineage = lineage("revenue_per_buyer", "time:2026-01-02T00:00:00Z", "country:FR");

        assertThat(lineage.value()).isEqualTo(2.0);
        assertThat(lineage.inputs().keySet()).containsExactly("revenue", "buyers");
        assertThat(lineage.inputs()).containsEntry("buyers", 1L);
        assertThat(lineage.parts())
                .extracting(part -> part.inputs().get("buyers"))
                .containsExactly(1L, 1L);
    }

    @Test
    void reachesAsFarAsTheWindow() {
        Lineage lineage = shop.engine()
                .lineage(
                        QueryParser.parse(
                                """
                {"model": "shop", "metrics": ["ever"], "time": {"from": "2026-01-02T00:00:00Z", "granularity": "day"}}"""),
                        cell(Optional.empty(), "time:2026-01-02T00:00:00Z"));

        assertThat(lineage.metric()).isEqualTo("ever");
        assertThat(lineage.value()).isEqualTo(15L);
        assertThat(lineage.from()).isEmpty();
        assertThat(lineage.parts()).extracting(Contribution::value).containsExactly(3L, 12L);
    }

    @Test
    void isOfTheAnswerThatWasGiven() {
        Answer answer = shop.ask(BY_DAY);
        shop.recompute().live(sale("2026-01-02T11:00:00Z", "FR", 1_000));

        Lineage lineage = shop.engine()
                .lineage(
                        new Question.Earlier(answer.meta().answer()),
                        cell(Optional.of("units"), "time:2026-01-02T00:00:00Z", "country:FR"));

        assertThat(lineage.value()).isEqualTo(6L);
        assertThat(lineage.parts()).hasSize(2);
        // The live part was replaced by a generation: nothing says any more where it lay.
        assertThat(lineage.parts().get(1).to()).isEmpty();
    }

    @Test
    void hasNoValueWhereThereIsNoRow() {
        Lineage lineage = lineage("units", "time:2026-01-05T00:00:00Z", "country:FR");

        assertThat(lineage.value()).isNull();
        assertThat(lineage.status()).isEmpty();
        assertThat(lineage.parts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            units, time:2026-01-02T00:00:00Z, ,           The cell has no country.
            units, country:FR,                ,           The cell has no time.
            units, time:2026-01-02T01:00:00Z, country:FR, No row begins at 2026-01-02T01:00:00Z.
            sales, time:2026-01-02T00:00:00Z, country:FR, The rows have no metric sales.
            units, time:2026-01-02T00:00:00Z, contry:FR,  The rows have no dimension contry.
            """)
    void refusesACellThatAnswersDoNotHave(String metric, String first, String second, String fault) {
        List<String> texts = second == null ? List.of(first) : List.of(first, second);

        assertThatThrownBy(
                        () -> shop.engine().lineage(QueryParser.parse(BY_DAY), Cell.parse(Optional.of(metric), texts)))
                .satisfies(refused -> QueryEngineTest.hasCode(refused, ErrorCode.BAD_QUERY))
                .hasMessage(fault);
    }

    @Test
    void refusesWhatGoesOverDifferentTimes() {
        assertThatThrownBy(() -> shop.engine()
                        .lineage(
                                QueryParser.parse(
                                        """
                {"model": "shop", "metrics": ["share"], "time": {"granularity": "day"}}"""),
                                cell(Optional.empty(), "time:2026-01-02T00:00:00Z")))
                .satisfies(refused -> QueryEngineTest.hasCode(refused, ErrorCode.BAD_QUERY));
    }

    private Lineage lineage(String metric, String... cell) {
        return shop.engine().lineage(QueryParser.parse(BY_DAY), cell(Optional.of(metric), cell));
    }

    private static Cell cell(Optional<String> metric, String... texts) {
        return Cell.parse(metric, List.of(texts));
    }
}
