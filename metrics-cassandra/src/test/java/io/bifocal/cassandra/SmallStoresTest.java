package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.job.Schedule;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmallStoresTest {
    private final String name = TestConnection.uniqueName();

    @Test
    void keepSchedulesUntilTheyAreDeleted() {
        ScheduleStore store = new ScheduleStore(TestConnection.shared());
        Schedule nightly = new Schedule(name, Map.of("type", "recompute", "model", "retail"), "0 2 * * *", "UTC", true);
        Schedule disabled = new Schedule(name, nightly.job(), "0 3 * * *", "Europe/London", false);
        store.put(nightly);
        assertThat(store.find(name)).contains(nightly);
        store.put(disabled);
        assertThat(store.all()).contains(disabled).doesNotContain(nightly);
        store.delete(name);
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
}
