package io.bifocal.speed;

import io.bifocal.core.cut.Positions;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one model's runs have done lately, as {@code status} shows it. Used by several threads. */
final class Progress implements RunObserver {
    private final Clock clock;
    private State state = State.DOWN;
    private String run = "";
    private String problem = "";
    private Instant lastBatch = Instant.EPOCH;
    private Positions positions = Positions.NONE;
    private long batches;
    private long records;
    private long quarantined;

    /** What a model's loop does. */
    enum State {
        UP,
        DOWN,
        /** Another process runs the model. */
        STANDBY
    }

    Progress(Clock clock) {
        this.clock = clock;
    }

    synchronized void started(String newRun) {
        state = State.UP;
        run = newRun;
        problem = "";
    }

    synchronized void stopped(String why) {
        state = State.DOWN;
        run = "";
        problem = why == null ? "" : why;
    }

    synchronized void standsBy() {
        state = State.STANDBY;
    }

    synchronized State state() {
        return state;
    }

    @Override
    public synchronized void committed(Positions to, long moreRecords, long moreQuarantined) {
        lastBatch = clock.instant();
        positions = to;
        batches++;
        records += moreRecords;
        quarantined += moreQuarantined;
    }

    /** Since the process started, by name. */
    synchronized Map<String, Object> status() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("state", state.name());
        status.put("run", run);
        status.put("problem", problem);
        status.put("lastBatchMillis", lastBatch.toEpochMilli());
        status.put("positions", positions.asMap());
        status.put("batches", batches);
        status.put("records", records);
        status.put("quarantined", quarantined);
        return status;
    }
}
