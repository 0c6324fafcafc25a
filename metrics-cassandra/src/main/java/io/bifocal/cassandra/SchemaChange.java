package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.loadbalancing.NodeDistance;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes the schema, and returns once every node knows: the next statement may reach any of them. */
final class SchemaChange {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaChange.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final SimpleStatement VERSION =
            SimpleStatement.newInstance("SELECT schema_version FROM system.local");

    private SchemaChange() {}

    static void run(CqlSession session, String statement) {
        session.execute(statement);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int attempt = 0; !agreed(session); attempt++) {
            if (System.nanoTime() > deadline) {
                LOG.warn("Cassandra's nodes have not agreed on a schema for {} s", PATIENCE.toSeconds());
                return;
            }
            Retries.pause(attempt);
        }
    }

    /**
     * Whether all nodes that the session speaks to have one schema. The driver's own check believes what one node has heard of
     * the others, which may be older than the change.
     */
    private static boolean agreed(CqlSession session) {
        try {
            return session.getMetadata().getNodes().values().stream()
                            .filter(node -> node.getState() == NodeState.UP && node.getDistance() == NodeDistance.LOCAL)
                            .map(node ->
                                    session.execute(VERSION.setNode(node)).one().getUuid(0))
                            .distinct()
                            .count()
                    == 1;
        } catch (DriverException failure) {
            if (Retries.passing(failure)) {
                return false;
            }
            throw failure;
        }
    }
}
