package io.bifocal.core.query;

import static io.bifocal.core.query.Shop.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.RatioMetric;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EarlierAnswerTest {
    private static final String QUERY =
            """
            {"model": "shop", "metrics": ["sales", "buyers"], "dimensions": ["country"]}""";

    private final Shop shop = new Shop()
            .live(sale("2026-01-01T10:00:00Z", "FR", 1))
            .recompute()
            .live(sale("2026-01-01T11:00:00Z", "DE", 1));

    @Test
    void givesTheSameNumbersWhateverCameSince() {
        Answer before = shop.ask(QUERY);

        shop.live(sale("2026-01-01T11:00:00Z", "DE", 1), sale("2026-03-01T11:00:00Z", "ES", 1));
        assertThat(again(before)).isEqualTo(before).isNotEqualTo(shop.ask(QUERY));
        shop.recompute();
        assertThat(again(before)).isEqualTo(before);
    }

    @Test
    void givesAnExactAnswerAsLongAsItsGenerationIsKept() {
        shop.recompute();
        Answer exact = shop.ask(QUERY);
        for (int i = 0; i < 3; i++) {
            shop.live(sale("2026-01-01T11:00:00Z", "DE", 1)).recompute();
        }
        pass(Duration.ofDays(1));

        assertThat(again(exact)).isEqualTo(exact);

        shop.live(sale("2026-01-01T11:00:00Z", "DE", 1)).recompute();
        pass(Duration.ofDays(1));
        gone(exact);
    }

    @Test
    void givesTheSameColumnsAndNumbersWhereAMetricMeansSomethingElseSince() {
        String query =
                """
                {"model": "shop", "metrics": ["others", "revenue_per_buyer"], "dimensions": ["country"]}""";
        Answer before = shop.ask(query);

        shop.redefine(
                new DerivedMetric("others", "", "pieces", "sales * 100", List.of("sales")),
                new RatioMetric("revenue_per_buyer", "", "", "units", "buyers"));

        assertThat(again(before)).isEqualTo(before).isNotEqualTo(shop.ask(query));
    }

    @Test
    void isGoneOnceItsDefinitionIsNotKept() {
        Answer before = new Shop()
                .redefine(new DerivedMetric("others", "", "", "sales", List.of("sales")))
                .ask(QUERY);

        gone(before);
    }

    @Test
    void isGoneOnceAPartMayHaveBeenDeleted() {
        Answer before = shop.ask(QUERY);
        shop.recompute().live(sale("2026-01-01T11:00:00Z", "DE", 1));
        pass(Duration.ofSeconds(119));
        assertThat(again(before)).isEqualTo(before);
        pass(Duration.ofSeconds(1));
        gone(before);
    }

    @Test
    void isGoneOnceItsLivePartIsOnlyItsRunsHoldOnTheEnd() {
        Answer before = shop.ask(QUERY);
        shop.recompute();
        assertThat(again(before)).isEqualTo(before);
        pass(Duration.ofMinutes(2));
        gone(before);
    }

    @Test
    void isGoneOnceAPartWasCollected() {
        Answer before = shop.ask(QUERY);
        shop.recompute().live(sale("2026-01-01T11:00:00Z", "DE", 1));
        Set<String> retired =
                shop.manifest().retired().stream().map(Manifest.Retired::part).collect(Collectors.toSet());
        shop.editor().apply("shop", (manifest, now) -> manifest.collected(retired, now));

        gone(before);
    }

    @Test
    void answersWithoutAnyEventAgain() {
        Shop empty = new Shop();
        Answer nothing = empty.ask(QUERY);

        assertThat(empty.engine().answer(new Question.Earlier(nothing.meta().answer())))
                .isEqualTo(nothing);
    }

    @Test
    void forgetsHowFreshTheAnswerHadToBe() {
        Answer before = shop.ask(
                """
                {"model": "shop", "metrics": ["sales"], "consistency": {"maxStalenessMillis": 3600000}}""");
        shop.clock = Clock.offset(shop.clock, Duration.ofDays(1));

        assertThat(again(before)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "e30", "äöü", "eJyrVgIAAKYBAw", "a b", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void refusesWhatIsNoToken(String token) {
        refused(token);
    }

    @Test
    void refusesADamagedToken() {
        String token = shop.ask(QUERY).meta().answer();
        refused(token.substring(0, token.length() - 4));
        refused(token + "AAAA");
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        // The last bits before the checksum may be unused.
        for (int i = 0; i < bytes.length - 6; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 0x04;
            refused(Base64.getUrlEncoder().withoutPadding().encodeToString(damaged));
        }
        refused(Base64.getUrlEncoder().encodeToString("{}".getBytes(StandardCharsets.UTF_8)));
    }

    private void refused(String token) {
        assertThatThrownBy(() -> shop.engine().answer(new Question.Earlier(token)))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.BAD_REQUEST));
    }

    private Answer again(Answer answer) {
        return shop.engine().answer(new Question.Earlier(answer.meta().answer()));
    }

    private void gone(Answer answer) {
        assertThatThrownBy(() -> again(answer)).satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.GONE));
    }

    private void pass(Duration time) {
        shop.clock = Clock.offset(shop.clock, time);
    }
}
