package io.bifocal.batch;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.JobStore;
import io.bifocal.core.config.Config;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.job.Job;
import io.bifocal.core.job.JobOwner;
import io.bifocal.spark.SparkProcess;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job in a process of its own: {@code JobProcess <job id>}. It claims the job, does it, and writes down how it ended.
 * Exits 0 where the job succeeded, 1 where it failed or was cancelled, 2 where somebody else holds it or it has ended.
 */
public final class JobProcess {
    private static final Logger LOG = LoggerFactory.getLogger(JobProcess.class);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int FAILED = 1;
    private static final int NOT_OURS = 2;

    private final Config config;
    private final JobStore jobs;
    private final String owner;
    private final Duration patience;

    /** @param patience with a speed job that is behind, before the archive stands in for it */
    JobProcess(Config config, JobStore jobs, String owner, Duration patience) {
        this.config = config;
        this.jobs = jobs;
        this.owner = owner;
        this.patience = patience;
    }

    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("Give the id of a job.");
            System.exit(NOT_OURS);
        }
        SparkProcess.run("job", config -> {
            JobStore jobs = new JobStore(CassandraConnection.shared(config), Clock.systemUTC());
            Duration patience = Duration.ofSeconds(config.number(Config.Key.SPEED_PATIENCE_SECONDS));
            return new JobProcess(config, jobs, JobOwner.name(), patience).run(arguments[0]);
        });
    }

    /** Does the job and returns what the process exits with. */
    int run(String id) {
        Optional<Job> claimed = jobs.claim(id, owner, LEASE);
        if (claimed.isEmpty()) {
            LOG.warn("job {} has ended, does not exist, or somebody else holds it", id);
            return NOT_OURS;
        }
        Job job = claimed.get();
        try (LeasedMonitor monitor = LeasedMonitor.start(jobs, job, owner, LEASE)) {
            return end(job, monitor);
        }
    }

    private int end(Job job, LeasedMonitor monitor) {
        try {
            Map<String, Object> result = new Jobs(config, jobs, monitor, patience).run(job);
            return finish(job, Job.State.SUCCEEDED, Optional.empty(), result);
        } catch (Exception | LinkageError | OutOfMemoryError failure) { // Spark's checked ones are not declared
            if (monitor.cancelled()) {
                return finish(job, Job.State.CANCELLED, Optional.empty(), Map.of());
            }
            LOG.error("job {} failed", job.id(), failure);
            return finish(job, Job.State.FAILED, Optional.of(describe(failure)), Map.of());
        }
    }

    private int finish(Job job, Job.State state, Optional<String> error, Map<String, Object> result) {
        if (jobs.finish(job.id(), owner, state, error, result).isEmpty()) {
            LOG.warn("job {} was taken over before it could be ended as {}", job.id(), state);
            return NOT_OURS;
        }
        return state == Job.State.SUCCEEDED ? 0 : FAILED;
    }

    private static String describe(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BifocalException fault) {
                return fault.getMessage() + " " + fault.remedy();
            }
        }
        String message = failure.getMessage() == null ? failure.getClass().getName() : failure.getMessage();
        return message + " See the job's log; ask again once the cause is gone.";
    }
}
