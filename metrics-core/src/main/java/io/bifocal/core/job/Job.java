package io.bifocal.core.job;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A piece of work that somebody asked for, and how far it is. One life cycle for every type: queued, running, then
 * succeeded, failed or cancelled.
 *
 * @param spec what was asked, as JSON names and values ({@code from}, {@code to}, {@code full} …)
 * @param progress 0 to 1
 * @param message what it is doing, or did last, for people
 * @param error why it failed and what to do
 * @param result what it brought about, such as the generation's number
 * @param cancelRequested whether its owner is to stop and end it as cancelled
 * @param irrevocable whether it has begun what is not half undone, and goes on to its end: it is not cancelled any more
 * @param owner the process that works on it, while its lease lasts
 */
public record Job(
        String id,
        Type type,
        String model,
        Map<String, Object> spec,
        State state,
        double progress,
        String message,
        Optional<String> error,
        Map<String, Object> result,
        Optional<String> idempotencyKey,
        boolean cancelRequested,
        boolean irrevocable,
        Instant createdAt,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        Optional<String> owner,
        Optional<Instant> leaseUntil) {

    private static final String VALUE = "value";
    private static final String DIGEST = "sha256:";

    /** Kinds of work. */
    public enum Type {
        RECOMPUTE,
        BACKFILL,
        REPLAY,
        RECONCILE,
        ERASE,
        ROLLBACK
    }

    /** Where in its life a job is. */
    public enum State {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED;

        public boolean ended() {
            return this != QUEUED && this != RUNNING;
        }
    }

    /** A new job that waits for somebody to work on it. */
    public static Job queued(
            String id,
            Type type,
            String model,
            Map<String, Object> spec,
            Optional<String> idempotencyKey,
            Instant now) {
        return new Job(
                id,
                type,
                model,
                spec,
                State.QUEUED,
                0,
                "queued",
                Optional.empty(),
                Map.of(),
                idempotencyKey,
                false,
                false,
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** What an erasure's spec is once it has ended: its value can be recognised, and not be read. */
    public static Map<String, Object> withoutValue(Map<String, Object> spec) {
        Object value = spec.get(VALUE);
        if (value == null) {
            return spec;
        }
        Map<String, Object> digested = new TreeMap<>(spec);
        digested.put(VALUE, DIGEST + sha256(value.toString()));
        return digested;
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether an owner holds it whose lease lasts. */
    public boolean heldAt(Instant now) {
        return leaseUntil.filter(until -> until.isAfter(now)).isPresent();
    }

    /** Whether it runs and this owner holds it, be it on a lease that ran out and nobody else has taken. */
    public boolean ownedBy(String whom) {
        return state == State.RUNNING && owner.equals(Optional.of(whom));
    }

    /** Running, in the hands of an owner, who begins again; but of what an erasure began, the rest has to follow. */
    public Job claimedBy(String newOwner, Instant now, Instant newLeaseUntil) {
        Change change = new Change();
        change.irrevocable = irrevocable && type == Type.ERASE;
        change.state = State.RUNNING;
        change.message = "starting";
        change.startedAt = Optional.of(startedAt.orElse(now));
        change.owner = Optional.of(newOwner);
        change.leaseUntil = Optional.of(newLeaseUntil);
        return change.made();
    }

    /** Further along, on a new lease. */
    public Job renewed(double newProgress, String newMessage, Instant newLeaseUntil) {
        Change change = new Change();
        change.progress = newProgress;
        change.message = newMessage;
        change.leaseUntil = Optional.of(newLeaseUntil);
        return change.made();
    }

    /** With what keeps it from being started, or whatever else people are to know. */
    public Job withMessage(String newMessage) {
        Change change = new Change();
        change.message = newMessage;
        return change.made();
    }

    /** With what it brought about so far: whoever goes on with it begins from there. */
    public Job withResult(Map<String, Object> newResult) {
        Change change = new Change();
        change.result = newResult;
        return change.made();
    }

    /** To be cancelled by its owner. */
    public Job withCancelRequested() {
        Change change = new Change();
        change.cancelRequested = true;
        return change.made();
    }

    /** About to do what is not taken back. */
    public Job withoutReturn() {
        Change change = new Change();
        change.irrevocable = true;
        return change.made();
    }

    /** At its end; where it succeeded, its progress is 1. An erasure forgets the value that it erased. */
    public Job ended(State end, Optional<String> newError, Map<String, Object> newResult, Instant now) {
        Change change = new Change();
        change.spec = type == Type.ERASE ? withoutValue(spec) : spec;
        change.state = end;
        change.progress = end == State.SUCCEEDED ? 1 : progress;
        change.message = end.name().toLowerCase(Locale.ROOT);
        change.error = newError;
        change.result = newResult;
        change.finishedAt = Optional.of(now);
        change.leaseUntil = Optional.empty();
        return change.made();
    }

    /** This job in another state; what is not set stays. */
    private final class Change {
        private Map<String, Object> spec = Job.this.spec;
        private State state = Job.this.state;
        private double progress = Job.this.progress;
        private String message = Job.this.message;
        private Optional<String> error = Job.this.error;
        private Map<String, Object> result = Job.this.result;
        private boolean cancelRequested = Job.this.cancelRequested;
        private boolean irrevocable = Job.this.irrevocable;
        private Optional<Instant> startedAt = Job.this.startedAt;
        private Optional<Instant> finishedAt = Job.this.finishedAt;
        private Optional<String> owner = Job.this.owner;
        private Optional<Instant> leaseUntil = Job.this.leaseUntil;

        private Job made() {
            return new Job(
                    id,
                    type,
                    model,
                    spec,
                    state,
                    progress,
                    message,
                    error,
                    result,
                    idempotencyKey,
                    cancelRequested,
                    irrevocable,
                    createdAt,
                    startedAt,
                    finishedAt,
                    owner,
                    leaseUntil);
        }
    }
}
