package io.bifocal.core.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.QueryParser;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SampledAnswerTest {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
    private static final Manifest MANIFEST = Manifest.initial("shop", "a hash", NOW);
    private static final String BY_COUNTRY =
            "{\"model\": \"shop\", \"metrics\": [\"revenue\", \"buyers\"], \"dimensions\": [\"country\"]%s}";

    @Test
    void comparesWhatWasShownWithTheTruthAndChecksBounds() {
        SampledAnswer sample = sample(
                        "",
                        row("DE", "110.00", 50L, Status.PROVISIONAL, Map.of("buyers", new Bounds(48L, 52L))),
                        row(null, "7.00", 10L, Status.MIXED, Map.of("buyers", new Bounds(9.5, null))),
                        row("FR", "1.00", 1L, Status.EXACT, Map.of()))
                .orElseThrow();
        Answer truth = answer(
                row("DE", "100", 53L, Status.EXACT, Map.of()),
                row(null, "7", 10L, Status.EXACT, Map.of()),
                row("FR", "2.00", 2L, Status.EXACT, Map.of()));

        CheckedAnswer checked = CheckedAnswer.of(sample, truth, NOW);

        assertThat(checked.metrics())
                .containsExactly(
                        new Accuracy("buyers", 2, 1, 3.0 / 53, 3.0 / 53, 2, 1),
                        new Accuracy("revenue", 2, 1, 0.1, 0.1, 0, 0));
        assertThat(CheckedAnswer.summary(List.of(checked, checked)).get(1).meanError())
                .isEqualTo(0.05);
    }

    @Test
    void countsRowsThatWereNotThereAndRowsThatShouldNotHaveBeen() {
        Row extra = row("XX", "5.00", 0L, Status.PROVISIONAL, Map.of());
        Answer truth = answer(row("DE", "100.00", 0L, Status.EXACT, Map.of()));

        assertThat(CheckedAnswer.of(sample("", extra).orElseThrow(), truth, NOW).metrics())
                .containsExactly(new Accuracy("buyers", 1, 1, 0, 0, 0, 0), new Accuracy("revenue", 2, 0, 2, 1, 0, 0));
        assertThat(CheckedAnswer.of(sample(", \"limit\": 1", extra).orElseThrow(), truth, NOW)
                        .metrics())
                .as("with a limit, nobody knows which rows the truth would have shown")
                .contains(new Accuracy("revenue", 1, 0, 1, 1, 0, 0));
    }

    @Test
    void keepsNothingThatIsExactAlreadyOrSaysThatItLacksRecords() {
        Row exact = row("DE", "1.00", 1L, Status.EXACT, Map.of());
        Row live = row("DE", "1.00", 1L, Status.PROVISIONAL, Map.of());

        assertThat(sample("", exact)).isEmpty();
        assertThat(SampledAnswer.of("1", NOW, query(""), MANIFEST, answer(true, live)))
                .isEmpty();
        SampledAnswer kept = sample(
                        ", \"limit\": 3, \"order\": [{\"by\": \"revenue\"}], \"filters\":"
                                + " [{\"dimension\": \"country\", \"operator\": \"equals\", \"values\": [1.5]}]",
                        live)
                .orElseThrow();
        assertThat(kept.question().order()).isEmpty();
        assertThat(kept.question().limit()).isEmpty();
        assertThat(kept.question().filters().get(0).values()).containsExactly(new BigDecimal("1.5"));
        assertThat(kept.definition()).isEqualTo("a hash");
    }

    private static Optional<SampledAnswer> sample(String more, Row... rows) {
        return SampledAnswer.of("1", NOW, query(more), MANIFEST, answer(rows));
    }

    private static Query query(String more) {
        return (Query) QueryParser.parse(BY_COUNTRY.formatted(more));
    }

    private static Row row(String country, String revenue, long buyers, Status status, Map<String, Bounds> bounds) {
        return new Row(Arrays.asList(country, new BigDecimal(revenue), buyers), status, bounds);
    }

    private static Answer answer(Row... rows) {
        return answer(false, rows);
    }

    private static Answer answer(boolean partial, Row... rows) {
        return new Answer(
                List.of(
                        new Column("country", ValueType.STRING, ""),
                        new Column("revenue", ValueType.decimal(12, 2), ""),
                        new Column("buyers", ValueType.LONG, "")),
                List.of(rows),
                new Answer.Meta("token", "by_country", 0, Optional.empty(), Optional.empty(), partial, List.of()));
    }
}
