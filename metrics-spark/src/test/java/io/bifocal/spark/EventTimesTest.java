package io.bifocal.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.model.Model.TimeSpec;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimesTest {
    @ParameterizedTest
    @CsvSource({
        "yyyy-MM-dd HH:mm:ss, Europe/London, 2011-07-01 09:41:00, 2011-07-01T08:41:00Z",
        "yyyy-MM-dd HH:mm:ss, Europe/London, 2011-03-27 01:30:00, 2011-03-27T01:30:00Z",
        "yyyy-MM-dd HH:mm:ss, Europe/London, 2011-10-30 01:30:00, 2011-10-30T00:30:00Z",
        "dd/MM/yyyy, Europe/Paris, 01/07/2011, 2011-06-30T22:00:00Z",
        "yyyyMMdd, UTC, 20110701, 2011-07-01T00:00:00Z",
        "d MMM uuuu HH:mm, UTC, 1 jul 2011 09:41, 2011-07-01T09:41:00Z",
        "yyyy-MM-dd'T'HH:mm:ssXXX, UTC, 2011-07-01T09:41:00+02:00, 2011-07-01T07:41:00Z",
        "yyyy-MM-dd HH:mm VV, UTC, 2011-07-01 09:41 Asia/Kathmandu, 2011-07-01T03:56:00Z"
    })
    void readsTimesLikeThePattern(String pattern, String zone, String text, String expected) {
        EventTimes times = new EventTimes(new TimeSpec("at", Optional.of(pattern), ZoneId.of(zone)));

        assertThat(IsoTime.instant(times.micros(text))).isEqualTo(Instant.parse(expected));
        assertThat(IsoTime.instant(times.micros(text))).isEqualTo(Instant.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2011-02-30 00:00:00", "2011-02-03", "", "2011-02-03 24:00:00", "2011-02-03 10:00:00Z"})
    void refusesWhatIsNotLikeThePattern(String text) {
        EventTimes times = new EventTimes(new TimeSpec("at", Optional.of("yyyy-MM-dd HH:mm:ss"), ZoneId.of("UTC")));

        assertThatThrownBy(() -> times.micros(text))
                .isInstanceOf(MalformedException.class)
                .hasMessage("event time: column at: '" + text + "' is not a time like yyyy-MM-dd HH:mm:ss");
    }

    @ParameterizedTest
    @CsvSource({
        "2015-09-12T00:46:58.771Z, 2015-09-12T00:46:58.771Z",
        "2015-09-12T00:46:58Z, 2015-09-12T00:46:58Z",
        "2015-09-12T00:46Z, 2015-09-12T00:46:00Z",
        "2015-09-12 00:46:58-05:30, 2015-09-12T06:16:58Z",
        "2015-09-12T00:46:58+02:00[Europe/Paris], 2015-09-11T22:46:58Z",
        "1969-12-31T23:59:59.999999Z, 1969-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999999Z"
    })
    void readsIsoTimesWithAZone(String text, String expected) {
        assertThat(IsoTime.instant(plain().micros(text))).isEqualTo(Instant.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2015-09-12T00:46:58",
                "2015-09-12",
                "2015-02-29T00:00:00Z",
                "2015-09-12T24:00:00Z",
                "2015-09-12T00:00:60Z",
                "+12015-09-12T00:00:00Z",
                "0000-01-01T00:00:00Z",
                "yesterday"
            })
    void refusesOtherTexts(String text) {
        assertThatThrownBy(() -> plain().micros(text)).isInstanceOf(MalformedException.class);
    }

    @Test
    void readsEpochMillisAndTimestamps() {
        assertThat(plain().micros(1_442_018_818_771L)).isEqualTo(1_442_018_818_771_000L);
        assertThat(plain().micros(Instant.ofEpochMilli(-1))).isEqualTo(-1000L);
        assertThatThrownBy(() -> plain().micros(Long.MAX_VALUE)).isInstanceOf(MalformedException.class);
    }

    @Test
    void refusesNull() {
        assertThatThrownBy(() -> plain().micros(null)).hasMessage("no event time: column at is null");
    }

    private static EventTimes plain() {
        return new EventTimes(new TimeSpec("at", Optional.empty(), ZoneId.of("UTC")));
    }
}
