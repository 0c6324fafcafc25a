package io.bifocal.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What every grid must keep, at random seconds of every zone, and around every clock change of some. */
class TimeGridLawsTest {
    private static final long FROM = Instant.parse("1840-01-01T00:00:00Z").getEpochSecond();
    private static final long TO = Instant.parse("2100-01-01T00:00:00Z").getEpochSecond();
    private static final long SEED = 20_150_912L;
    private static final List<Granularity> GRANULARITIES = List.of(Granularity.values());
    private static final List<String> ZONES = List.copyOf(new TreeSet<>(ZoneId.getAvailableZoneIds()));

    @Property(tries = 4_000, seed = "20150912")
    void everySecondIsInTheBucketOfItsFloor(@ForAll("grids") TimeGrid grid, @ForAll("seconds") long second) {
        checkAt(grid, second);
    }

    @Property(tries = 2_000, seed = "20150913")
    void floorsKeepTheOrderOfTime(
            @ForAll("grids") TimeGrid grid, @ForAll("seconds") long second, @ForAll("steps") long step) {
        assertThat(grid.floor(second + step)).isGreaterThanOrEqualTo(grid.floor(second));
        assertThat(grid.dayOf(second + step)).isGreaterThanOrEqualTo(grid.dayOf(second));
    }

    @Property(tries = 2_000, seed = "20150914")
    void daysReachFromTheirStartToTheNext(@ForAll("grids") TimeGrid grid, @ForAll("seconds") long second) {
        int day = grid.dayOf(second);

        assertThat(grid.dayStart(day)).isLessThanOrEqualTo(second);
        assertThat(grid.dayStart(day + 1)).isGreaterThan(second);
    }

    @Example
    void holdsAroundClockChangesOfAllZones() {
        Random random = new Random(SEED);
        for (String id : ZONES) {
            ZoneId zone = ZoneId.of(id);
            for (ZoneOffsetTransition change : zone.getRules().getTransitions()) {
                Granularity granularity = GRANULARITIES.get(random.nextInt(GRANULARITIES.size()));
                TimeGrid grid = new TimeGrid(granularity, zone);
                long at = change.toEpochSecond();
                List.of(at - 1, at, at + 1, at + random.nextInt(90_000) - 45_000)
                        .forEach(second -> checkAt(grid, second));
            }
        }
    }

    private static void checkAt(TimeGrid grid, long second) {
        long floor = grid.floor(second);
        long next = grid.next(floor);

        assertThat(floor).as("%s of %s, seed %s", grid, second, SEED).isLessThanOrEqualTo(second);
        assertThat(next).as("next of %s of %s, seed %s", grid, second, SEED).isGreaterThan(second);
        assertThat(grid.floor(floor)).as("floor of %s of %s", grid, second).isEqualTo(floor);
        assertThat(grid.floor(next))
                .as("floor of next of %s of %s", grid, second)
                .isEqualTo(next);
        assertThat(grid.floor(next - 1))
                .as("last second of %s of %s", grid, second)
                .isEqualTo(floor);
    }

    @Provide
    Arbitrary<TimeGrid> grids() {
        return Combinators.combine(Arbitraries.of(Granularity.class), Arbitraries.of(ZONES))
                .as((granularity, zone) -> new TimeGrid(granularity, ZoneId.of(zone)));
    }

    @Provide
    Arbitrary<Long> seconds() {
        return Arbitraries.longs().between(FROM, TO);
    }

    @Provide
    Arbitrary<Long> steps() {
        return Arbitraries.longs().between(0, 200_000);
    }
}
