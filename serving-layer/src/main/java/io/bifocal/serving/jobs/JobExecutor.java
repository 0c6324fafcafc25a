package io.bifocal.serving.jobs;

import io.bifocal.cassandra.JobStore;
import io.bifocal.core.config.Config;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.job.Job;
import io.bifocal.serving.process.Repeating;
import io.bifocal.serving.storage.Storage;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Has jobs run, the oldest of each model first. Several servers share the work: who claims a job starts it. A run that dies
 * before its job has ended is started once more, then the job fails.
 */
@Singleton
@Startup
public class JobExecutor {
    private static final Logger LOG = Logger.getLogger(JobExecutor.class);
    private static final int JOBS_AT_ONCE = 2;
    private static final int STARTS = 2;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LOGS_LOOKED_AT_EVERY = Duration.ofHours(1);

    /** Longer than a job process takes to renew it for the first time. */
    private static final Duration LEASE = Duration.ofSeconds(60);

    /** How long a process may go on after its job was cancelled. */
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(20);

    private final Storage storage;
    private final JobRunner runner;
    private final JobLogs logs;
    private final Clock clock;
    private final Config config;
    private final String owner = "local-" + UUID.randomUUID();
    private final Map<String, Attempt> runs = new ConcurrentHashMap<>();
    private Optional<Repeating> looking = Optional.empty();

    private Instant logsLookedAt = Instant.EPOCH;

    /** A job's run, the how-manieth it is, and since when its job is cancelled. */
    private record Attempt(JobRunner.Run run, int start, Optional<Instant> cancelledSince) {}

    JobExecutor(Storage storage, JobProcesses runner, JobLogs logs, Clock clock, Config config) {
        this.storage = storage;
        this.runner = runner;
        this.logs = logs;
        this.clock = clock;
        this.config = config;
    }

    @PostConstruct
    void start() {
        if (config.text(Config.Key.EXECUTOR).equals(runner.name()) && runner.available()) {
            looking = Optional.of(Repeating.start("job-executor", PAUSE, this::turn));
        }
    }

    private void turn() {
        if (!storage.connected()) {
            return;
        }
        JobStore jobs = storage.jobs();
        runs.forEach((id, run) -> look(jobs, id, run));
        startNext(jobs);
        deleteOldLogs();
    }

    private void deleteOldLogs() {
        Instant now = clock.instant();
        if (now.isAfter(logsLookedAt.plus(LOGS_LOOKED_AT_EVERY))) {
            logsLookedAt = now;
            logs.deleteOld();
        }
    }

    private void startNext(JobStore jobs) {
        Set<String> busyModels = new HashSet<>();
        for (Job job : jobs.unfinished()) {
            boolean first = busyModels.add(job.model());
            boolean free = !job.heldAt(clock.instant()) && !runs.containsKey(job.id());
            if (first && free && runs.size() < JOBS_AT_ONCE) {
                jobs.claim(job.id(), owner, LEASE).ifPresent(claimed -> start(jobs, claimed, 1));
            }
        }
    }

    private void start(JobStore jobs, Job job, int start) {
        try {
            runs.put(job.id(), new Attempt(runner.start(job, owner), start, Optional.empty()));
        } catch (BifocalException failure) {
            runs.remove(job.id());
            end(jobs, job.id(), Job.State.FAILED, Optional.of(failure.getMessage() + " " + failure.remedy()));
        }
    }

    private void look(JobStore jobs, String id, Attempt attempt) {
        Optional<Job> job = jobs.find(id).filter(found -> found.ownedBy(owner));
        if (attempt.run().running()) {
            job.filter(Job::cancelRequested).ifPresent(cancelled -> hurry(id, attempt));
            return;
        }
        runs.remove(id);
        if (job.isEmpty()) {
            return;
        }
        if (job.get().cancelRequested()) {
            end(jobs, id, Job.State.CANCELLED, Optional.empty());
        } else if (attempt.start() < STARTS) {
            LOG.warn("The run of job " + id + " died; once more");
            jobs.claim(id, owner, LEASE).ifPresent(claimed -> start(jobs, claimed, attempt.start() + 1));
        } else {
            end(jobs, id, Job.State.FAILED, Optional.of(attempt.run().end()));
        }
    }

    private void hurry(String id, Attempt attempt) {
        Instant now = clock.instant();
        Instant since = attempt.cancelledSince().orElse(now);
        runs.put(id, new Attempt(attempt.run(), attempt.start(), Optional.of(since)));
        if (since.plus(CANCEL_PATIENCE).isBefore(now)) {
            attempt.run().stop();
        }
    }

    private void end(JobStore jobs, String id, Job.State state, Optional<String> error) {
        jobs.finish(id, owner, state, error, Map.of());
        LOG.info("Job " + id + " ended: " + state
                + error.map(text -> ", " + text).orElse(""));
    }

    @PreDestroy
    void stop() {
        looking.ifPresent(Repeating::close);
        runs.values().forEach(attempt -> attempt.run().stop());
    }
}
