package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.ledger.Quarantined;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuarantineStoreTest {
    private static final Instant START = Instant.parse("2010-12-01T08:26:00Z");

    private final QuarantineStore store = new QuarantineStore(TestConnection.shared());
    private final String model = TestConnection.uniqueName();

    @Test
    void countsEveryPositionOnceHoweverOftenItIsWritten() {
        List<Quarantined> records = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            records.add(record(i % 2, i * 100L, i));
        }
        store.write(model, records);
        store.write(model, records.subList(0, 500));
        assertThat(store.count(model)).isEqualTo(1_000);
        assertThat(store.count(model + "x")).isZero();
    }

    @Test
    void showsTheLatestToArriveFirstOverAllPartitions() {
        Quarantined first = record(0, 5, 1);
        Quarantined second = record(1, 900_000, 2);
        Quarantined third = record(0, 70_000, 3);
        store.write(model, List.of(third, first, second));
        assertThat(store.page(model, 10)).containsExactly(third, second, first);
        assertThat(store.page(model, 2)).containsExactly(third, second);
        assertThat(store.page(model + "x", 2)).isEmpty();
    }

    @Test
    void forgetsWhatIsDeleted() {
        Quarantined gone = record(0, 5, 1);
        Quarantined kept = record(0, 6, 2);
        store.write(model, List.of(gone, kept));
        store.delete(model, List.of(QuarantineStore.Position.of(gone)));
        assertThat(store.count(model)).isEqualTo(1);
        assertThat(store.page(model, 10)).containsExactly(kept);
    }

    private static Quarantined record(int partition, long offset, int second) {
        return new Quarantined(
                "topic", partition, offset, START.plusSeconds(second), "no time", "{\"n\": " + second + "}");
    }
}
