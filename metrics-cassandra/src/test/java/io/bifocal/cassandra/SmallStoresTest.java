package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.cassandra.ScheduleStore.Stored;
import io.bifocal.core.accuracy.Accuracy;
import io.bifocal.core.accuracy.CheckedAnswer;
import io.bifocal.core.accuracy.SampledAnswer;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.job.Schedule;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SmallStoresTest {
    private final String name = TestConnection.uniqueName();

    @Test
    void keepSchedulesUntilTheyAreDeleted() {
        ScheduleStore store = new ScheduleStore(TestConnection.shared());
        Schedule nightly = new Schedule(name, Map.of("type", "recompute", "model", "retail"), "0 2 * * *", "UTC", true);
        Schedule disabled = new Schedule(name, nightly.job(), "0 3 * * *", "Europe/London", false);
        Stored first = new Stored(nightly, Instant.EPOCH);
        Stored second = new Stored(disabled, Instant.EPOCH.plusSeconds(60));
        store.putFirst(first);
        assertThat(store.find(name)).contains(first);
        store.put(second);
        store.putFirst(first);
        assertThat(store.all()).contains(second).doesNotContain(first);
        store.delete(name);
        store.putFirst(first);
        assertThat(store.find(name)).isEmpty();
        store.put(first);
        assertThat(store.find(name)).contains(first);
    }

    @Test
    void advanceASchedulesRunsOnlyWhileItIsAsItWasRead() {
        ScheduleStore store = new ScheduleStore(TestConnection.shared());
        Schedule hourly = new Schedule(name, Map.of("type", "reconcile"), "0 * * * *", "UTC", true);
        store.put(new Stored(hourly, Instant.EPOCH));
        Stored read = store.find(name).orElseThrow();
        store.advance(read, Instant.EPOCH.plusSeconds(3600));
        assertThat(store.find(name)).contains(new Stored(hourly, Instant.EPOCH.plusSeconds(3600)));
        store.delete(name);
        store.advance(read, Instant.EPOCH.plusSeconds(7200));
        assertThat(store.find(name)).isEmpty();
    }

    @Test
    void keepTheLastHeartbeatOfEachPartAndModel() {
        HeartbeatStore store = new HeartbeatStore(TestConnection.shared());
        PartHeartbeat first = new PartHeartbeat("speed", name, Instant.EPOCH, Map.of("lag", 3));
        PartHeartbeat second = new PartHeartbeat("speed", name, Instant.EPOCH.plusSeconds(1), Map.of("lag", 0));
        PartHeartbeat other = new PartHeartbeat("archiver", name, Instant.EPOCH, Map.of());
        store.beat(first);
        store.beat(second);
        store.beat(other);
        assertThat(store.last("speed", name)).contains(second);
        assertThat(store.last("serving", name)).isEmpty();
        assertThat(store.all()).contains(second, other).doesNotContain(first);
    }

    @Test
    void keepAnswersUntilTheyAreChecked() {
        AnswerSampleStore store = new AnswerSampleStore(TestConnection.shared());
        SampledAnswer first = sample("1");
        SampledAnswer second = sample("2");
        store.keep(name, second).join();
        store.keep(name, first).join();
        assertThat(store.waiting(name).join()).isEqualTo(2);
        assertThat(store.samples(name, 5)).containsExactly(first, second);
        assertThat(store.samples(name, 1)).containsExactly(first);

        CheckedAnswer checked = new CheckedAnswer(
                "1",
                first.at(),
                Instant.EPOCH,
                first.token(),
                first.query(),
                List.of(new Accuracy("revenue", 2, 1, 0.25, 0.25, 1, 1)),
                Optional.empty());
        CheckedAnswer skipped = CheckedAnswer.skipped(second, Instant.EPOCH, "why");
        store.checked(name, checked);
        store.checked(name, skipped);
        assertThat(store.waiting(name).join()).isZero();
        assertThat(store.checked(name)).containsExactly(skipped, checked);

        store.keep(name, first).join();
        store.clear(name);
        assertThat(store.samples(name, 5)).isEmpty();
        assertThat(store.checked(name)).isEmpty();
    }

    private static SampledAnswer sample(String id) {
        SampledAnswer.Shown shown = new SampledAnswer.Shown(
                "[\"DE\",null]", "revenue", new BigDecimal("12345678901234567890.10"), true, null, BigDecimal.TEN);
        return new SampledAnswer(
                id,
                Instant.EPOCH,
                "token",
                "{\"model\":\"shop\"}",
                true,
                "hash",
                Positions.of("topic", Map.of(0, 7L)),
                List.of(shown),
                Set.of("[null]"));
    }
}
