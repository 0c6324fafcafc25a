package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.cassandra.VersionedTexts.Versioned;
import io.bifocal.core.aggregate.Aggregates;
import io.bifocal.core.config.Config;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.infra.local.CassandraServer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CassandraOutageTest {
    private static final View TOTAL = new View(
            "total", new TimeGrid(Granularity.DAY, ZoneOffset.UTC), List.of(), List.of(), List.of(Aggregates.COUNT), 1);
    private static final int ENOUGH = 50;

    @TempDir
    private Path home;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger replaced = new AtomicInteger();
    private final AtomicInteger written = new AtomicInteger();

    @Test
    void isADelayToWritersAndLosesNothingAcknowledged() throws Exception {
        CassandraServer.Ports ports = CassandraServer.Ports.free();
        CassandraServer server = start(ports);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (CassandraConnection connection = CassandraConnection.open(config(ports))) {
            VersionedTexts texts = new VersionedTexts(connection, "manifests", "model");
            ViewStore views = new CassandraViewStore(connection);
            Future<?> replacing = threads.submit(() -> replaceUntilStopped(texts));
            Future<?> writing = threads.submit(() -> writeUntilStopped(views));
            awaitProgress(ENOUGH);
            server.kill();
            server = start(ports);
            awaitProgress(ENOUGH);
            stop.set(true);
            replacing.get();
            writing.get();

            assertThat(texts.read("m")).contains(new Versioned(replaced.get(), "text " + replaced));
            assertThat(views.rows("m", "live-1-00", TOTAL, 0, 0, Long.MAX_VALUE)
                            .toCompletableFuture()
                            .join())
                    .hasSize(written.get());
        } finally {
            stop.set(true);
            threads.shutdownNow();
            server.kill();
        }
    }

    private void replaceUntilStopped(VersionedTexts texts) {
        while (!stop.get()) {
            int current = replaced.get();
            assertThat(texts.replace(current, current + 1, "text " + (current + 1), "m"))
                    .isTrue();
            replaced.incrementAndGet();
        }
    }

    private void writeUntilStopped(ViewStore views) {
        while (!stop.get()) {
            int batch = written.get() + 1;
            byte[] states = ByteBuffer.allocate(Integer.BYTES).putInt(batch).array();
            views.write("m", "live-1-00", List.of(new ViewRow("total", 0, 0, 0, new byte[0], batch, 0, states)));
            written.incrementAndGet();
        }
    }

    private void awaitProgress(int more) {
        int replacedSoFar = replaced.get();
        int writtenSoFar = written.get();
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> replaced.get() >= replacedSoFar + more && written.get() >= writtenSoFar + more);
    }

    private CassandraServer start(CassandraServer.Ports ports) {
        return CassandraServer.start(home.resolve("cassandra"), ports, home.resolve("cassandra.log"));
    }

    private static Config config(CassandraServer.Ports ports) {
        return Config.of(Map.of("cassandra.contact-points", CassandraServer.contactPoint(ports)), Map.of());
    }
}
