package io.bifocal.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeGridTest {
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            minute,   UTC,            2015-09-12T10:17:42Z, 2015-09-12T10:17:00Z, 2015-09-12T10:18:00Z
            5minute,  UTC,            2015-09-12T10:17:42Z, 2015-09-12T10:15:00Z, 2015-09-12T10:20:00Z
            15minute, UTC,            2015-09-12T10:17:42Z, 2015-09-12T10:15:00Z, 2015-09-12T10:30:00Z
            hour,     UTC,            1969-12-31T23:59:59Z, 1969-12-31T23:00:00Z, 1970-01-01T00:00:00Z
            day,      UTC,            1969-12-31T23:59:59Z, 1969-12-31T00:00:00Z, 1970-01-01T00:00:00Z
            hour,     Asia/Kathmandu, 2015-09-12T10:17:42Z, 2015-09-12T10:15:00Z, 2015-09-12T11:15:00Z
            hour,     Asia/Kolkata,   2015-09-12T10:17:42Z, 2015-09-12T09:30:00Z, 2015-09-12T10:30:00Z
            day,      Asia/Kathmandu, 2015-09-12T18:14:59Z, 2015-09-11T18:15:00Z, 2015-09-12T18:15:00Z
            day,      Asia/Kolkata,   2015-09-12T18:30:00Z, 2015-09-12T18:30:00Z, 2015-09-13T18:30:00Z
            week,     UTC,            2021-01-03T23:00:00Z, 2020-12-28T00:00:00Z, 2021-01-04T00:00:00Z
            week,     Europe/London,  2011-03-27T12:00:00Z, 2011-03-21T00:00:00Z, 2011-03-27T23:00:00Z
            month,    Europe/London,  2011-03-31T22:59:59Z, 2011-03-01T00:00:00Z, 2011-03-31T23:00:00Z
            month,    UTC,            2012-02-29T12:00:00Z, 2012-02-01T00:00:00Z, 2012-03-01T00:00:00Z
            quarter,  UTC,            2011-12-31T23:59:59Z, 2011-10-01T00:00:00Z, 2012-01-01T00:00:00Z
            quarter,  Europe/London,  2011-05-05T00:00:00Z, 2011-03-31T23:00:00Z, 2011-06-30T23:00:00Z
            year,     Asia/Kolkata,   2011-12-31T18:29:59Z, 2010-12-31T18:30:00Z, 2011-12-31T18:30:00Z
            """)
    void floorsAndGoesOn(String granularity, String zone, Instant at, Instant start, Instant end) {
        TimeGrid grid = grid(granularity, zone);

        long floor = grid.floor(at.getEpochSecond());

        assertThat(Instant.ofEpochSecond(floor)).isEqualTo(start);
        assertThat(Instant.ofEpochSecond(grid.next(floor))).isEqualTo(end);
        assertThat(grid.starts(floor)).isTrue();
        assertThat(grid.starts(floor + 1)).isFalse();
    }

    @Test
    void hasDaysOf23And25HoursWhereClocksChange() {
        assertThat(buckets("day", "Europe/London", "2011-03-26T00:00:00Z", 3))
                .containsExactly("2011-03-26T00:00:00Z", "2011-03-27T00:00:00Z", "2011-03-27T23:00:00Z");
        assertThat(buckets("day", "America/New_York", "2011-11-06T04:00:00Z", 2))
                .containsExactly("2011-11-06T04:00:00Z", "2011-11-07T05:00:00Z");
    }

    @Test
    void hasTwoBucketsForARepeatedHourAndNoneForASkippedOne() {
        assertThat(buckets("hour", "Europe/London", "2011-10-29T23:00:00Z", 4))
                .containsExactly(
                        "2011-10-29T23:00:00Z", "2011-10-30T00:00:00Z", "2011-10-30T01:00:00Z", "2011-10-30T02:00:00Z");
        assertThat(buckets("hour", "Europe/London", "2011-03-27T00:00:00Z", 3))
                .containsExactly("2011-03-27T00:00:00Z", "2011-03-27T01:00:00Z", "2011-03-27T02:00:00Z");
    }

    @Test
    void beginsABucketWhereLordHoweChangesItsClocksByHalfAnHour() {
        // 02:00 +11:00 becomes 01:30 +10:30
        assertThat(buckets("hour", "Australia/Lord_Howe", "2024-04-06T13:00:00Z", 4))
                .containsExactly(
                        "2024-04-06T13:00:00Z", "2024-04-06T14:00:00Z", "2024-04-06T15:00:00Z", "2024-04-06T15:30:00Z");
        // 02:00 +10:30 becomes 02:30 +11:00
        assertThat(buckets("hour", "Australia/Lord_Howe", "2024-10-05T14:30:00Z", 3))
                .containsExactly("2024-10-05T14:30:00Z", "2024-10-05T15:30:00Z", "2024-10-05T16:00:00Z");
    }

    @Test
    void beginsADayThatSkipsMidnightAtItsFirstInstant() {
        assertThat(buckets("day", "America/Sao_Paulo", "2018-11-03T03:00:00Z", 3))
                .containsExactly("2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z");
        assertThat(dayStart("America/Sao_Paulo", "2018-11-04")).isEqualTo("2018-11-04T03:00:00Z");
        assertThat(dayStart("Africa/Cairo", "2024-04-26")).isEqualTo("2024-04-25T22:00:00Z");
    }

    @Test
    void beginsADayThatHasTwoMidnightsAtTheFirst() {
        assertThat(dayStart("America/Havana", "2023-11-05")).isEqualTo("2023-11-05T04:00:00Z");
    }

    @Test
    void doesNotBringYesterdayBackWhereClocksGoBackOverMidnight() {
        TimeGrid days = grid("day", "America/St_Johns");
        long midnight = Instant.parse("2010-11-07T02:30:00Z").getEpochSecond();

        // 00:01 becomes 23:01 of the day before
        assertThat(days.floor(midnight + 59)).isEqualTo(midnight);
        assertThat(days.floor(midnight + 60)).isEqualTo(midnight);
        assertThat(days.dayOf(midnight + 60)).isEqualTo(day("2010-11-07"));
        assertThat(days.dayOf(midnight - 1)).isEqualTo(day("2010-11-06"));
    }

    @Test
    void leavesTheDayEmptyThatSamoaSkipped() {
        assertThat(buckets("day", "Pacific/Apia", "2011-12-29T10:00:00Z", 3))
                .containsExactly("2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z");
        assertThat(dayStart("Pacific/Apia", "2011-12-30")).isEqualTo(dayStart("Pacific/Apia", "2011-12-31"));
        assertThat(grid("day", "Pacific/Apia")
                        .dayOf(Instant.parse("2011-12-30T10:00:00Z").getEpochSecond()))
                .isEqualTo(day("2011-12-31"));
    }

    @Test
    void countsDaysInTheZone() {
        long evening = Instant.parse("2011-06-30T23:30:00Z").getEpochSecond();

        assertThat(grid("hour", "UTC").dayOf(evening)).isEqualTo(day("2011-06-30"));
        assertThat(grid("day", "Europe/London").dayOf(evening)).isEqualTo(day("2011-07-01"));
    }

    @Test
    void takesEveryNameOfUtcForTheSame() {
        assertThat(grid("day", "Etc/UTC")).isEqualTo(new TimeGrid(Granularity.DAY, ZoneOffset.UTC));
    }

    private static TimeGrid grid(String granularity, String zone) {
        return new TimeGrid(Granularity.parse(granularity).orElseThrow(), ZoneId.of(zone));
    }

    private static List<String> buckets(String granularity, String zone, String first, int count) {
        TimeGrid grid = grid(granularity, zone);
        List<String> buckets = new ArrayList<>();
        long bucket = grid.floor(Instant.parse(first).getEpochSecond());
        for (int i = 0; i < count; i++) {
            buckets.add(Instant.ofEpochSecond(bucket).toString());
            bucket = grid.next(bucket);
        }
        return buckets;
    }

    private static String dayStart(String zone, String date) {
        return Instant.ofEpochSecond(grid("day", zone).dayStart(day(date))).toString();
    }

    private static int day(String date) {
        return Math.toIntExact(LocalDate.parse(date).toEpochDay());
    }
}
