package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.aggregate.Aggregates;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStoreContract;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class CassandraViewStoreTest extends ViewStoreContract {
    private static final ViewStore STORE = new CassandraViewStore(TestConnection.shared());

    @Override
    protected ViewStore store() {
        return STORE;
    }

    @Test
    void keepsRowsOfAViewWithoutDimensions() {
        View total = new View(
                "total",
                new TimeGrid(Granularity.DAY, ZoneOffset.UTC),
                List.of(),
                List.of(),
                List.of(Aggregates.COUNT),
                1);
        String model = TestConnection.uniqueName();
        STORE.write(model, "live-1-00", List.of(new ViewRow("total", 1, 0, 86_400, new byte[0], 1, 0, new byte[] {1})));
        List<ViewRow> rows = STORE.rows(model, "live-1-00", total, 1, 0, 200_000)
                .toCompletableFuture()
                .join();
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).key()).isEmpty();
        assertThat(rows.get(0).states()).containsExactly(1);
    }

    @Test
    void findsWhatAnotherProcessWroteWhenItDrops() {
        String model = TestConnection.uniqueName();
        View total = new View(
                "total",
                new TimeGrid(Granularity.DAY, ZoneOffset.UTC),
                List.of(),
                List.of(),
                List.of(Aggregates.COUNT),
                1);
        STORE.write(model, "live-1-00", List.of(new ViewRow("total", 1, 0, 86_400, new byte[0], 1, 0, new byte[] {1})));
        new CassandraViewStore(TestConnection.shared()).drop(model, "live-1-00");
        assertThat(STORE.rows(model, "live-1-00", total, 1, 0, 200_000)
                        .toCompletableFuture()
                        .join())
                .isEmpty();
    }
}
