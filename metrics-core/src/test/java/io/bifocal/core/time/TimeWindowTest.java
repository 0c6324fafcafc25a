package io.bifocal.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeWindowTest {
    @ParameterizedTest
    @CsvSource({
        "7 days, 7 days",
        "1 day, 1 day",
        "1 months, 1 month",
        "  30   Minutes ,30 minutes",
        "2 quarters, 2 quarters"
    })
    void readsACountAndAUnit(String text, String written) {
        assertThat(TimeWindow.parse(text)).map(TimeWindow::toString).contains(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "days", "0 days", "-1 day", "7", "7 fortnights", "1.5 days", "7days", "9999999 days"})
    void refusesAnythingElse(String text) {
        assertThat(TimeWindow.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "7 days,   2026-03-30T00:00:00Z, UTC,              2026-03-23T00:00:00Z",
        // A week of London's with 167 hours, and one with 169.
        "7 days,   2026-03-29T23:00:00Z, Europe/London,    2026-03-23T00:00:00Z",
        "1 week,   2026-10-26T00:00:00Z, Europe/London,    2026-10-18T23:00:00Z",
        "24 hours, 2026-03-29T23:00:00Z, Europe/London,    2026-03-28T23:00:00Z",
        "1 day,    2026-03-29T12:00:00Z, Europe/London,    2026-03-28T13:00:00Z",
        "1 month,  2026-03-01T00:00:00Z, UTC,              2026-02-01T00:00:00Z",
        "1 month,  2026-03-31T00:00:00Z, UTC,              2026-02-28T00:00:00Z",
        "1 year,   2024-02-28T18:15:00Z, Asia/Kathmandu,   2023-02-27T18:15:00Z",
        // 8 September began at one o'clock, for midnight was skipped.
        "1 day,    2024-09-09T03:00:00Z, America/Santiago, 2024-09-08T04:00:00Z",
        "1 quarter,2026-04-01T00:00:00Z, UTC,              2026-01-01T00:00:00Z"
    })
    void beginsSoMuchBeforeItsEnd(String window, Instant end, ZoneId zone, Instant start) {
        long second = TimeWindow.parse(window).orElseThrow().start(end.getEpochSecond(), zone);

        assertThat(Instant.ofEpochSecond(second)).isEqualTo(start);
    }

    @ParameterizedTest
    @CsvSource({
        "10 minutes, minute 5minute",
        "6 hours,    minute 5minute 15minute hour",
        "7 days,     minute 5minute 15minute hour day week",
        "30 days,    minute 5minute 15minute hour day",
        "2 weeks,    minute 5minute 15minute hour day week",
        "2 months,   minute 5minute 15minute hour day month",
        "6 months,   minute 5minute 15minute hour day month quarter",
        "24 months,  minute 5minute 15minute hour day month quarter year",
        "1 year,     minute 5minute 15minute hour day month quarter year"
    })
    void isMadeOfWholeBuckets(String window, String granularities) {
        TimeWindow parsed = TimeWindow.parse(window).orElseThrow();

        assertThat(Arrays.stream(Granularity.values()).filter(parsed::madeOf).map(Granularity::text))
                .containsExactly(granularities.split(" "));
    }

    @Test
    void neverMovesBack() {
        TimeGrid hours = new TimeGrid(Granularity.HOUR, ZoneId.of("Europe/London"));
        TimeWindow week = new TimeWindow(7, Granularity.DAY);
        long last = Long.MIN_VALUE;
        for (long end = hours.floor(1_774_000_000L); end < 1_796_000_000L; end = hours.next(end)) {
            long start = week.start(end, hours.zone());
            assertThat(start).isBetween(last, end);
            last = start;
        }
    }
}
