package io.bifocal.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import io.bifocal.core.query.Answer.Status;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerFormTest {
    private static final Answer ANSWER = new Answer(
            List.of(
                    new Column("time", ValueType.TIMESTAMP, ""),
                    new Column("country", ValueType.STRING, ""),
                    new Column("revenue", ValueType.decimal(38, 4), "GBP"),
                    new Column("units", ValueType.LONG, ""),
                    new Column("share", ValueType.DOUBLE, "")),
            List.of(
                    new Row(
                            List.of(
                                    Instant.parse("2010-12-01T00:00:00Z"),
                                    "say \"hi\", Fränce\n",
                                    new BigDecimal("12345678901234567890123456.0100"),
                                    Long.MAX_VALUE,
                                    2.0E-3),
                            Status.EXACT,
                            Map.of()),
                    new Row(
                            Arrays.asList(Instant.parse("2010-12-02T00:00:00Z"), null, null, 7L, Double.NaN),
                            Status.MIXED,
                            Map.of("units", new Bounds(6L, null))),
                    new Row(
                            Arrays.asList(
                                    Instant.parse("2010-12-03T00:00:00Z"), "", new BigDecimal("1E+3"), 0L, 2.2E23),
                            Status.PROVISIONAL,
                            Map.of())),
            new Answer.Meta(
                    "abc",
                    "by_country",
                    42,
                    Optional.of(Instant.parse("2010-12-09T00:00:00.123Z")),
                    Optional.empty(),
                    true,
                    List.of("something is missing")));

    @Test
    void writesJsonWithAllDigits() {
        assertThat(text(AnswerForm.JSON))
                .isEqualTo(
                        """
                {"columns":[{"name":"time","type":"timestamp"},{"name":"country","type":"string"},\
                {"name":"revenue","type":"decimal","unit":"GBP"},{"name":"units","type":"long"},\
                {"name":"share","type":"double"}],\
                "data":[{"time":"2010-12-01T00:00:00Z","country":"say \\"hi\\", Fränce\\n",\
                "revenue":12345678901234567890123456.0100,"units":9223372036854775807,"share":0.002,"status":"exact"},\
                {"time":"2010-12-02T00:00:00Z","country":null,"revenue":null,"units":7,"share":null,"status":"mixed",\
                "estimates":{"units":{"low":6,"high":null}}},\
                {"time":"2010-12-03T00:00:00Z","country":"","revenue":1000,"units":0,"share":2.2E23,\
                "status":"provisional"}],\
                "meta":{"answer":"abc","rollup":"by_country","generation":42,\
                "exactThrough":"2010-12-09T00:00:00.123Z","freshThrough":null,"partial":true,\
                "warnings":["something is missing"]}}""");
    }

    @Test
    void writesCsvWithQuotesWhereTheyAreNeeded() {
        assertThat(text(AnswerForm.CSV))
                .isEqualTo(
                        """
                time,country,revenue,units,share,status\r
                2010-12-01T00:00:00Z,"say ""hi"", Fränce
                ",12345678901234567890123456.0100,9223372036854775807,0.002,exact\r
                2010-12-02T00:00:00Z,,,7,,mixed\r
                2010-12-03T00:00:00Z,"",1000,0,2.2E23,provisional\r
                """);
    }

    @Test
    void writesARowALine() {
        assertThat(text(AnswerForm.NDJSON).lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).startsWith("{\"time\":").endsWith("}"));
    }

    @Test
    void choosesTheFormThatTheClientPrefers() {
        assertThat(preferred("*/*")).isEqualTo(AnswerForm.JSON);
        assertThat(preferred("text/html", "text/csv", "application/json")).isEqualTo(AnswerForm.CSV);
        assertThat(preferred("application/x-ndjson")).isEqualTo(AnswerForm.NDJSON);
        assertThatThrownBy(() -> preferred("image/png")).isInstanceOf(NotAcceptableException.class);
    }

    private static AnswerForm preferred(String... accepted) {
        return AnswerForm.preferred(
                Arrays.stream(accepted).map(MediaType::valueOf).toList());
    }

    private static String text(AnswerForm form) {
        return new String(form.encode(ANSWER), StandardCharsets.UTF_8);
    }
}
