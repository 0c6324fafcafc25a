package io.bifocal.speed;

import io.bifocal.cassandra.HeartbeatStore;
import io.bifocal.cassandra.PartHeartbeat;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Heartbeats in Cassandra, one row a model. */
final class CassandraHeartbeats implements Heartbeats {
    static final String PART = "speed";
    private static final String PROCESS = "process";

    private final HeartbeatStore store;
    private final Clock clock;
    private final String process;
    private final Duration fresh;

    /**
     * @param process unique to this process
     * @param fresh age at which a heartbeat no longer says that its process lives
     */
    CassandraHeartbeats(HeartbeatStore store, Clock clock, String process, Duration fresh) {
        this.store = store;
        this.clock = clock;
        this.process = process;
        this.fresh = fresh;
    }

    @Override
    public void beat(String model, Map<String, Object> status) {
        Map<String, Object> body = new HashMap<>(status);
        body.put(PROCESS, process);
        store.beat(new PartHeartbeat(PART, model, clock.instant(), body));
    }

    @Override
    public boolean anotherProcessRuns(String model) {
        return store.last(PART, model)
                .filter(beat -> !process.equals(beat.status().get(PROCESS)))
                .filter(beat -> beat.at().plus(fresh).isAfter(clock.instant()))
                .isPresent();
    }
}
