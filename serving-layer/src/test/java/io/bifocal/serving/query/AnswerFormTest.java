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
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        assertThat(preferred("application/vnd.apache.arrow.stream")).isEqualTo(AnswerForm.ARROW);
        assertThat(preferred("text/csv;q=0.5", "application/x-ndjson;q=0.9", "*/*;q=0.1"))
                .isEqualTo(AnswerForm.NDJSON);
        assertThat(preferred("application/json;q=0", "*/*;q=0.5")).isEqualTo(AnswerForm.CSV);
        assertThatThrownBy(() -> preferred("application/json;q=0")).isInstanceOf(NotAcceptableException.class);
        assertThatThrownBy(() -> preferred("image/png")).isInstanceOf(NotAcceptableException.class);
    }

    @ParameterizedTest
    @EnumSource(AnswerForm.class)
    void holdsNoMoreThanAPieceOfALongAnswer(AnswerForm form) {
        int rows = 40_000;
        Answer endless = new Answer(
                ANSWER.columns(), Collections.nCopies(rows, ANSWER.rows().get(0)), ANSWER.meta());
        long all = 0;
        long largest = 0;
        int count = 0;
        AtomicLong encodedNanos = new AtomicLong(-1);
        try (AnswerPieces pieces = new AnswerPieces(endless, form, encodedNanos::set)) {
            while (pieces.hasNext()) {
                int length = pieces.next().length;
                largest = Math.max(largest, length);
                all += length;
                count++;
            }
        }
        assertThat(largest).isLessThan(1 << 18);
        assertThat(all).isGreaterThan(rows * 70L);
        assertThat(count).isGreaterThan(30);
        assertThat(encodedNanos.get()).isPositive();
    }

    @Test
    void freesWhatItHoldsOfAnAnswerThatIsNotTaken() {
        AnswerPieces pieces = new AnswerPieces(ANSWER, AnswerForm.ARROW, nanos -> {});
        pieces.next();
        // Arrow's allocator throws where something is still allocated.
        pieces.close();
        new AnswerPieces(ANSWER, AnswerForm.ARROW, nanos -> {}).close();
    }

    @Test
    void refusesWhatArrowCannotHold() {
        Answer monstrous = new Answer(
                List.of(new Column("sum", ValueType.LONG, "")),
                List.of(new Row(List.of(BigInteger.TEN.pow(80)), Status.EXACT, Map.of())),
                ANSWER.meta());
        assertThatThrownBy(() -> AnswerPieces.whole(monstrous, AnswerForm.ARROW))
                .hasMessage("Arrow has no decimals of 81 digits, which sum has.");
    }

    private static AnswerForm preferred(String... accepted) {
        return AnswerForm.preferred(
                Arrays.stream(accepted).map(MediaType::valueOf).toList());
    }

    private static String text(AnswerForm form) {
        return new String(AnswerPieces.whole(ANSWER, form), StandardCharsets.UTF_8);
    }
}
