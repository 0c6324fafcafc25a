package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.ArchiveCount;
import io.bifocal.core.ledger.ArchiveProgress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArchiveStoreTest {
    private static final Instant NOW = Instant.parse("2010-12-01T08:26:00.123Z");

    private final ArchiveStore store = new ArchiveStore(TestConnection.shared());
    private final String model = TestConnection.uniqueName();

    @Test
    void neverGoesBackOnALateWriter() {
        ArchiveProgress early = progress(3, 10);
        ArchiveProgress late = progress(4, 20);
        assertThat(store.progress(model)).isEmpty();
        assertThat(store.publish(model, late)).isTrue();
        assertThat(store.publish(model, early)).isFalse();
        assertThat(store.publish(model, late)).isFalse();
        assertThat(store.progress(model)).contains(late);
    }

    @Test
    void beginsAtTheTablesFirstVersion() {
        assertThat(store.publish(model, progress(0, 1))).isTrue();
        assertThat(store.publish(model, progress(1, 2))).isTrue();
        assertThat(store.progress(model)).contains(progress(1, 2));
    }

    @Test
    void countsOfALaterVersionReplaceThoseOfEarlierOnes() {
        ArchiveCount otherHour = new ArchiveCount("topic", 1, 3600, 7, 0);
        store.writeCounts(model, 5, List.of(new ArchiveCount("topic", 0, 0, 20, 2), otherHour));
        store.writeCounts(model, 4, List.of(new ArchiveCount("topic", 0, 0, 10, 1)));
        assertThat(store.counts(model)).containsExactly(new ArchiveCount("topic", 0, 0, 20, 2), otherHour);
        store.writeCounts(model, 6, List.of(new ArchiveCount("topic", 0, 0, 5, 2)));
        assertThat(store.counts(model)).containsExactly(new ArchiveCount("topic", 0, 0, 5, 2), otherHour);
    }

    private static ArchiveProgress progress(long version, long offset) {
        return new ArchiveProgress(Positions.of("topic", Map.of(0, offset)), version, NOW);
    }
}
