package io.bifocal.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.time.Granularity;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    private static final String CANCELLED =
            """
            {"invoice":"C536379","at":"2011-07-01 09:41:00","quantity":"-1","price":"27.50","country":"United Kingdom"}""";

    @Test
    void computesDimensionsAndInputsOfAnEvent() {
        Outcome.Event event = event(Models.shop().evaluator(), CANCELLED);

        assertThat(IsoTime.instant(event.timeMicros())).isEqualTo(Instant.parse("2011-07-01T08:41:00Z"));
        assertThat(event.dimensions()).containsExactly("United Kingdom", true);
        assertThat(event.inputs())
                .containsExactly(
                        true,
                        -1L,
                        new BigDecimal("-27.5000"),
                        null,
                        "C536379",
                        new BigDecimal("27.5000"),
                        new BigDecimal("27.5000"));
        assertThat(event.identity()).isEmpty();
    }

    @Test
    void leavesOutWhatIsNullOrFilteredOut() {
        Outcome.Event event = event(Models.shop().evaluator(), "{\"at\":\"2011-07-01 09:41:00\"}");

        assertThat(event.dimensions()).containsExactly(null, null);
        assertThat(event.inputs()).containsExactly(true, null, null, null, null, null, null);
    }

    @Test
    void quarantinesAnEventWhoseExpressionFails() {
        Evaluator evaluator = timed().column("a", "long")
                .column("b", "long")
                .metric("ratio", "sum", "a / b", null)
                .metric("big", "sum", "a * 2", null)
                .evaluator();

        assertThat(malformed(evaluator, "{\"at\":\"2011-07-01T09:41:00Z\",\"a\":1,\"b\":0}"))
                .contains("an expression failed", "zero");
        assertThat(malformed(evaluator, "{\"at\":\"2011-07-01T09:41:00Z\",\"a\":9223372036854775807,\"b\":1}"))
                .contains("an expression failed", "overflow");
    }

    @Test
    void computesNothingWhereTheFilterDoesNotHold() {
        Evaluator evaluator = timed().column("a", "long")
                .column("b", "long")
                .metric("ratio", "sum", "a / b", "b <> 0")
                .evaluator();

        assertThat(event(evaluator, "{\"at\":\"2011-07-01T09:41:00Z\",\"a\":1,\"b\":0}")
                        .inputs())
                .containsExactly((Object) null);
    }

    @Test
    void quarantinesNumbersThatNoAnswerCanHold() {
        Evaluator evaluator = timed().column("a", "double")
                .metric("square", "sum", "a * a", null)
                .evaluator();

        assertThat(malformed(evaluator, "{\"at\":\"2011-07-01T09:41:00Z\",\"a\":1e300}"))
                .isEqualTo("metric square: the result is Infinity, not a finite number");
    }

    @Test
    void namesTheIdentityOfAnEvent() {
        Evaluator evaluator = timed().column("id", "string")
                .column("line", "long")
                .identity("id", "line")
                .metric("events", "count", null, null)
                .evaluator();

        assertThat(event(evaluator, "{\"at\":\"2011-07-01T09:41:00Z\",\"id\":\"x\"}")
                        .identity())
                .containsExactly("x", null);
        assertThat(event(evaluator, "{\"at\":\"2011-07-01T09:41:00Z\"}").identity())
                .isEmpty();
    }

    private static Models timed() {
        return new Models().column("at", "timestamp").rollup("all", Granularity.HOUR, ZoneOffset.UTC, 1);
    }

    static Outcome.Event event(Evaluator evaluator, String json) {
        Outcome outcome = evaluator.evaluate(json.getBytes(StandardCharsets.UTF_8));
        assertThat(outcome).isInstanceOf(Outcome.Event.class);
        return (Outcome.Event) outcome;
    }

    static String malformed(Evaluator evaluator, String json) {
        Outcome outcome = evaluator.evaluate(json.getBytes(StandardCharsets.UTF_8));
        assertThat(outcome).isInstanceOf(Outcome.Malformed.class);
        return ((Outcome.Malformed) outcome).reason();
    }
}
