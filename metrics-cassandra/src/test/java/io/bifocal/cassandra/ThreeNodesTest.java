package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import io.bifocal.core.aggregate.Aggregates;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeGrid;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.infra.local.CassandraCluster;
import io.bifocal.infra.local.CassandraServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Manifests by LWT and view rows at QUORUM over three replicas, one of which dies in the middle. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs 127.0.0.2 and 127.0.0.3")
class ThreeNodesTest {
    private static final View TOTAL = new View(
            "total", new TimeGrid(Granularity.DAY, ZoneOffset.UTC), List.of(), List.of(), List.of(Aggregates.COUNT), 1);
    private static final int WRITERS = 24;
    private static final int ENOUGH = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private Path home;

    private final AtomicBoolean stop = new AtomicBoolean();
    /** By writer: how many of its publications were acknowledged. */
    private final AtomicIntegerArray published = new AtomicIntegerArray(WRITERS);

    @Test
    void aNodeThatDiesIsNoErrorLosesNothingAndLeavesNoOutcomeInDoubt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try (CassandraCluster cluster = CassandraCluster.start(home);
                CassandraConnection connection = connection(cluster)) {
            ManifestStore manifests = new CassandraManifestStore(connection);
            ViewStore views = new CassandraViewStore(connection);
            int inDoubtBefore = FailedConditions.count();
            List<Future<?>> writing = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                writing.add(threads.submit(() -> publishUntilStopped(number, manifests, views)));
            }
            awaitMoreOfEach();
            cluster.kill(0);
            awaitMoreOfEach();
            stop.set(true);
            for (Future<?> each : writing) {
                each.get();
            }
            assertThat(FailedConditions.count())
                    .as("publications in doubt when the node died")
                    .isGreaterThan(inDoubtBefore);
            assertNothingIsLost(manifests, views);

            // The node that missed the end answers again, and one that has it is gone.
            cluster.restart(0);
            awaitEveryNodeSeesEveryOther(cluster);
            cluster.kill(1);
            assertNothingIsLost(manifests, views);
        } finally {
            stop.set(true);
            threads.shutdownNow();
        }
    }

    /** As a run does: a micro-batch's rows, then its commit. Nobody else changes this manifest: each must succeed. */
    private void publishUntilStopped(int writer, ManifestStore manifests, ViewStore views) {
        String model = "model" + writer;
        Manifest current = Manifest.initial(model, "d", Instant.EPOCH);
        assertThat(manifests.create(current)).isTrue();
        while (!stop.get()) {
            int batch = published.get(writer) + 1;
            views.write(
                    model, "live-1-00", List.of(new ViewRow("total", 0, 0, 0, new byte[0], batch, 0, new byte[] {1})));
            Manifest next = current.unpin("nobody", Instant.ofEpochSecond(batch));
            assertThat(manifests.replace(current, next))
                    .as("publication %s of %s", batch, model)
                    .isTrue();
            current = next;
            published.incrementAndGet(writer);
        }
    }

    private void assertNothingIsLost(ManifestStore manifests, ViewStore views) {
        for (int writer = 0; writer < WRITERS; writer++) {
            String model = "model" + writer;
            assertThat(manifests.read(model).orElseThrow().version()).isEqualTo(1L + published.get(writer));
            assertThat(views.rows(model, "live-1-00", TOTAL, 0, 0, Long.MAX_VALUE)
                            .toCompletableFuture()
                            .join())
                    .hasSize(published.get(writer));
        }
    }

    private void awaitMoreOfEach() {
        int[] goals = new int[WRITERS];
        for (int writer = 0; writer < WRITERS; writer++) {
            goals[writer] = published.get(writer) + ENOUGH;
        }
        await().atMost(PATIENCE).until(() -> {
            for (int writer = 0; writer < WRITERS; writer++) {
                if (published.get(writer) < goals[writer]) {
                    return false;
                }
            }
            return true;
        });
    }

    private static CassandraConnection connection(CassandraCluster cluster) {
        awaitEveryNodeSeesEveryOther(cluster);
        return CassandraConnection.open(Config.of(
                Map.of(
                        "cassandra.contact-points",
                        cluster.contactPoints(),
                        "cassandra.replication-factor",
                        Integer.toString(CassandraCluster.NODES)),
                Map.of()));
    }

    /** Until each can read, at ALL, of a table that Cassandra itself keeps three replicas of. */
    private static void awaitEveryNodeSeesEveryOther(CassandraCluster cluster) {
        SimpleStatement ofAll = SimpleStatement.newInstance("SELECT id FROM system_distributed.repair_history"
                        + " WHERE keyspace_name = 'none' AND columnfamily_name = 'none'")
                .setConsistencyLevel(ConsistencyLevel.ALL);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            try (CqlSession session = session(cluster)) {
                Collection<Node> nodes = session.getMetadata().getNodes().values();
                nodes.forEach(node -> session.execute(ofAll.setNode(node)));
                return nodes.size() == CassandraCluster.NODES;
            }
        });
    }

    private static CqlSession session(CassandraCluster cluster) {
        CqlSessionBuilder builder = CqlSession.builder().withLocalDatacenter(CassandraServer.DATACENTER);
        for (int node = 0; node < CassandraCluster.NODES; node++) {
            builder.addContactPoint(cluster.contactPoint(node));
        }
        return builder.build();
    }
}
