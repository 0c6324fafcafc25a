package io.bifocal.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 2 * * *      | 2026-11-20T02:00Z | 2026-11-21T02:00Z",
                "0 2 * * *      | 2026-11-20T01:59Z | 2026-11-20T02:00Z",
                "*/15 * * * *   | 2026-11-20T01:59Z | 2026-11-20T02:00Z",
                "5-10/5 3 * * * | 2026-11-20T03:05Z | 2026-11-20T03:10Z",
                "0 0 29 2 *     | 2026-11-20T00:00Z | 2028-02-29T00:00Z",
                "0 0 * * 7      | 2026-11-20T00:00Z | 2026-11-22T00:00Z",
                "0 0 1 * 1      | 2026-11-20T00:00Z | 2026-11-23T00:00Z",
                "30 1,4 * 12 *  | 2026-11-20T00:00Z | 2026-12-01T01:30Z",
                // Clocks go from 02:00 to 03:00, and from 03:00 back to 02:00.
                "0 2 * * *      | 2026-03-28T02:00+01:00[Europe/Berlin] | 2026-03-29T03:00+02:00[Europe/Berlin]",
                "30 2 * * *     | 2026-03-29T01:59+01:00[Europe/Berlin] | 2026-03-29T03:30+02:00[Europe/Berlin]",
                "30 2 * * *     | 2026-03-29T03:30+02:00[Europe/Berlin] | 2026-03-30T02:30+02:00[Europe/Berlin]",
                "30 2 * * *     | 2026-10-25T01:00+02:00[Europe/Berlin] | 2026-10-25T02:30+02:00[Europe/Berlin]",
                "30 2 * * *     | 2026-10-25T02:30+02:00[Europe/Berlin] | 2026-10-26T02:30+01:00[Europe/Berlin]",
                "30 2 * * *     | 2026-10-25T02:10+01:00[Europe/Berlin] | 2026-10-26T02:30+01:00[Europe/Berlin]",
                "*/30 * * * *   | 2026-03-29T01:30+01:00[Europe/Berlin] | 2026-03-29T03:00+02:00[Europe/Berlin]",
                "*/30 * * * *   | 2026-10-25T02:30+02:00[Europe/Berlin] | 2026-10-25T02:00+01:00[Europe/Berlin]",
                "*/30 * * * *   | 2026-10-25T02:00+01:00[Europe/Berlin] | 2026-10-25T02:30+01:00[Europe/Berlin]",
                "0 */4 * * *    | 2026-10-25T00:00+02:00[Europe/Berlin] | 2026-10-25T04:00+01:00[Europe/Berlin]",
            })
    void namesTheNextMinute(String cron, ZonedDateTime after, ZonedDateTime next) {
        assertThat(Cron.parse(cron).next(after)).contains(next);
    }

    @Test
    void saysWhenThereIsNoNextMinute() {
        assertThat(Cron.parse("0 0 30 2 *").next(ZonedDateTime.parse("2026-01-01T00:00Z")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0 2 * *", "60 2 * * *", "0 2-1 * * *", "a * * * *", "*/0 * * * *"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Cron.parse(text)).hasMessageContaining("is no cron expression");
    }
}
