package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.bifocal.cassandra.VersionedTexts.Versioned;
import io.bifocal.core.job.Job;
import io.bifocal.core.job.Job.State;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The ledger of jobs. Every change is a compare-and-set, so no two owners ever hold a job at the same time, and a change that
 * is refused returns empty. Times are the {@link Clock}'s: leases save work, they don't keep data safe.
 */
public final class JobStore {
    /** Ids begin with the time of creation, so that their order is the jobs'. */
    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS").withZone(ZoneOffset.UTC);

    private static final Pattern ID = Pattern.compile("[0-9]{8}T[0-9]{9}-[0-9a-f]{8}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int RANDOM_BYTES = 4;
    private static final int YEARS_LISTED = 5;
    private static final int SHELF = 0;

    private final CassandraConnection connection;
    private final Clock clock;
    private final VersionedTexts jobs;
    private final PreparedStatement selectJobs;
    private final PreparedStatement insertKey;
    private final PreparedStatement selectKey;
    private final PreparedStatement insertUnfinished;
    private final PreparedStatement selectUnfinished;
    private final PreparedStatement deleteUnfinished;

    public JobStore(CassandraConnection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
        this.jobs = new VersionedTexts(connection, "jobs", "year", "id");
        this.selectJobs = connection.prepare("SELECT body FROM jobs WHERE year = ? LIMIT ?");
        this.insertKey = connection.prepare("INSERT INTO job_keys (idempotency_key, id) VALUES (?, ?) IF NOT EXISTS");
        this.selectKey = connection.prepare("SELECT id FROM job_keys WHERE idempotency_key = ?");
        this.insertUnfinished = connection.prepare("INSERT INTO unfinished_jobs (shelf, id) VALUES (?, ?)");
        this.selectUnfinished = connection.prepare("SELECT id FROM unfinished_jobs WHERE shelf = ?");
        this.deleteUnfinished = connection.prepare("DELETE FROM unfinished_jobs WHERE shelf = ? AND id = ?");
    }

    /**
     * Creates a queued job; where a job with this idempotency key was created before, returns that one as it now is.
     *
     * @param spec what is asked, as JSON names and values
     */
    public Job create(Job.Type type, String model, Map<String, Object> spec, Optional<String> idempotencyKey) {
        Instant now = clock.instant();
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        String fresh = ID_TIME.format(now) + "-" + HexFormat.of().formatHex(random);
        String id = idempotencyKey.map(key -> idOf(key, fresh)).orElse(fresh);
        Job job = Job.queued(id, type, model, spec, idempotencyKey, now);
        Retries.join(connection.write(() -> insertUnfinished.bind(SHELF, id)));
        return jobs.replace(0, 1, Json.write(job), year(id), id) ? job : find(id).orElseThrow();
    }

    public Optional<Job> find(String id) {
        return stored(id).map(JobStore::job);
    }

    /** The job that was created with an idempotency key. */
    public Optional<Job> findByKey(String idempotencyKey) {
        return Retries.join(connection.read(() -> selectKey.bind(idempotencyKey), (Row row) -> row.getString(0)))
                .stream()
                .findFirst()
                .flatMap(this::find);
    }

    /** The latest first; those of the last five years. */
    public List<Job> newest(int limit) {
        List<Job> found = new ArrayList<>();
        int thisYear = Year.now(clock.withZone(ZoneOffset.UTC)).getValue();
        for (int year = thisYear; year > thisYear - YEARS_LISTED && found.size() < limit; year--) {
            int of = year;
            int left = limit - found.size();
            found.addAll(Retries.join(connection.read(() -> selectJobs.bind(of, left), row -> job(row.getString(0)))));
        }
        return found;
    }

    /** Jobs that are queued or running, the oldest first: what an executor looks after. */
    public List<Job> unfinished() {
        List<Job> found = new ArrayList<>();
        for (String id :
                Retries.join(connection.read(() -> selectUnfinished.bind(SHELF), (Row row) -> row.getString(0)))) {
            find(id).ifPresent(job -> {
                if (job.state().ended()) {
                    unshelve(id);
                } else {
                    found.add(job);
                }
            });
        }
        return found;
    }

    /**
     * Makes {@code owner} the one that works on a job which is queued, or whose owner let its lease run out.
     *
     * @return the running job; empty where it has ended, does not exist, or somebody else holds it
     */
    public Optional<Job> claim(String id, String owner, Duration lease) {
        return change(id, job -> {
            Instant now = clock.instant();
            boolean elsewhere = job.heldAt(now) && !job.ownedBy(owner);
            return job.state().ended() || elsewhere
                    ? Optional.empty()
                    : Optional.of(job.claimedBy(owner, now, now.plus(lease)));
        });
    }

    /**
     * Says why a queued job is not started yet.
     *
     * @return empty where it is not queued any more
     */
    public Optional<Job> explain(String id, String message) {
        return change(
                id, job -> job.state() == State.QUEUED ? Optional.of(job.withMessage(message)) : Optional.empty());
    }

    /**
     * Says how far a job is, and keeps it for another lease.
     *
     * @return the job, which says whether it is to be cancelled; empty where {@code owner} holds it no more: stop
     */
    public Optional<Job> renew(String id, String owner, Duration lease, double progress, String message) {
        return changeOwned(
                id, owner, job -> job.renewed(progress, message, clock.instant().plus(lease)));
    }

    /**
     * Writes down what a running job brought about so far, for whoever goes on with it should its process die.
     *
     * @return empty where {@code owner} holds it no more: stop
     */
    public Optional<Job> note(String id, String owner, Map<String, Object> result) {
        return changeOwned(id, owner, job -> job.withResult(result));
    }

    /**
     * Says that the job is about to do what is not taken back: from here on it is not cancelled.
     *
     * @return empty where it was cancelled before, or {@code owner} holds it no more: stop
     */
    public Optional<Job> pass(String id, String owner) {
        return change(
                id,
                job -> job.ownedBy(owner) && !job.cancelRequested()
                        ? Optional.of(job.withoutReturn())
                        : Optional.empty());
    }

    /**
     * Ends a job.
     *
     * @param state succeeded, failed or cancelled
     * @return empty where {@code owner} holds it no more
     */
    public Optional<Job> finish(
            String id, String owner, State state, Optional<String> error, Map<String, Object> result) {
        Optional<Job> finished = changeOwned(id, owner, job -> job.ended(state, error, result, clock.instant()));
        finished.ifPresent(job -> unshelve(id));
        return finished;
    }

    /**
     * Cancels a queued job at once; a running one is told to stop, and one whose owner let its lease run out is cancelled.
     *
     * @return the job as it is now; empty where it does not exist, has ended, or {@link #pass goes on to its end}
     */
    public Optional<Job> requestCancel(String id) {
        return change(id, job -> {
            Instant now = clock.instant();
            if (job.state().ended() || job.irrevocable()) {
                return Optional.empty();
            }
            return Optional.of(
                    job.heldAt(now)
                            ? job.withCancelRequested()
                            : job.ended(State.CANCELLED, Optional.empty(), Map.of(), now));
        });
    }

    private Optional<Job> changeOwned(String id, String owner, Function<Job, Job> transition) {
        return change(id, job -> job.ownedBy(owner) ? Optional.of(transition.apply(job)) : Optional.empty());
    }

    private Optional<Job> change(String id, Function<Job, Optional<Job>> transition) {
        while (true) {
            Optional<Versioned> current = stored(id);
            if (current.isEmpty()) {
                return Optional.empty();
            }
            Optional<Job> next = transition.apply(job(current.get()));
            long version = current.get().version();
            if (next.isEmpty() || jobs.replace(version, version + 1, Json.write(next.get()), year(id), id)) {
                return next;
            }
        }
    }

    private Optional<Versioned> stored(String id) {
        return ID.matcher(id).matches() ? jobs.read(year(id), id) : Optional.empty();
    }

    /** Which job a key belongs to. A key whose job was never written, as after a crash, goes on with the id that it has. */
    private String idOf(String key, String fresh) {
        Row answer = Retries.join(connection.conditional(() -> insertKey.bind(key, fresh)));
        return answer.getBoolean("[applied]") ? fresh : answer.getString("id");
    }

    private void unshelve(String id) {
        Retries.join(connection.write(() -> deleteUnfinished.bind(SHELF, id)));
    }

    private static int year(String id) {
        return Integer.parseInt(id.substring(0, 4));
    }

    private static Job job(Versioned stored) {
        return job(stored.text());
    }

    private static Job job(String json) {
        return Json.read(json, Job.class);
    }
}
