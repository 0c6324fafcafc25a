package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.config.DriverExecutionProfile;
import com.datastax.oss.driver.api.core.context.DriverContext;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.session.Request;
import com.datastax.oss.driver.api.core.tracker.RequestTracker;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts conditional updates that failed without an answer: their outcome was in doubt. Named in application.conf. */
public final class FailedConditions implements RequestTracker {
    private static final AtomicInteger COUNT = new AtomicInteger();

    @SuppressWarnings("unused") // the driver's constructor for its extensions
    public FailedConditions(DriverContext context) {}

    static int count() {
        return COUNT.get();
    }

    @Override
    public void onError(
            Request request,
            Throwable error,
            long latencyNanos,
            DriverExecutionProfile profile,
            Node node,
            String requestLogPrefix) {
        if (request instanceof BoundStatement bound
                && bound.getPreparedStatement().getQuery().contains(" IF version = ?")) {
            COUNT.incrementAndGet();
        }
    }

    @Override
    public void close() {}
}
