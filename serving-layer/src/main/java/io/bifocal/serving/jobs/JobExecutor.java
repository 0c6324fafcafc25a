package io.bifocal.serving.jobs;

import io.bifocal.cassandra.JobStore;
import io.bifocal.core.config.Config;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
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
import java.util.List;
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

    /** Between two looks at whether jobs can be started, where they could not. */
    private static final Duration OBSTACLE_LOOKED_AT_EVERY = Duration.ofSeconds(5);

    /** How long a process may go on after its job was cancelled. */
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(20);

    private final Storage storage;
    private final JobRunner runner;
    private final JobLogs logs;
    private final Clock clock;
    private final String owner;
    private final Map<String, Attempt> runs = new ConcurrentHashMap<>();
    private Optional<Repeating> looking = Optional.empty();

    private Instant logsLookedAt = Instant.EPOCH;
    private Optional<String> obstacle = Optional.empty();
    private Instant obstacleLookedAt = Instant.EPOCH;

    /** A job's run, the how-manieth it is, and since when its job is cancelled. */
    private record Attempt(JobRunner.Run run, int start, Optional<Instant> cancelledSince) {}

    JobExecutor(Storage storage, JobProcesses local, AirflowRunner airflow, JobLogs logs, Clock clock, Config config) {
        this.storage = storage;
        this.runner = chosen(config, List.of(local, airflow));
        this.owner = runner.name() + "-" + UUID.randomUUID();
        this.logs = logs;
        this.clock = clock;
    }

    private static JobRunner chosen(Config config, List<JobRunner> runners) {
        String name = config.text(Config.Key.EXECUTOR);
        List<String> names = runners.stream().map(JobRunner::name).toList();
        return runners.stream()
                .filter(runner -> runner.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Errors.of(
                        ErrorCode.BAD_CONFIG,
                        "There is no " + Config.Key.EXECUTOR.text() + " " + name + ".",
                        Nearest.remedy(name, names),
                        Map.of("known", names)));
    }

    @PostConstruct
    void start() {
        if (runner.available()) {
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
            if (first && free && runs.size() < JOBS_AT_ONCE && ready(jobs, job)) {
                jobs.claim(job.id(), owner, runner.lease()).ifPresent(claimed -> start(jobs, claimed, 1));
            }
        }
    }

    /** Whether a job can be started now; one that cannot says why, and stays queued. */
    private boolean ready(JobStore jobs, Job job) {
        Instant now = clock.instant();
        if (obstacle.isEmpty()
                || obstacleLookedAt.plus(OBSTACLE_LOOKED_AT_EVERY).isBefore(now)) {
            Optional<String> found = obstacle();
            found.filter(text -> !obstacle.equals(found)).ifPresent(text -> LOG.warn("No job is started: " + text));
            obstacle = found;
            obstacleLookedAt = now;
        }
        obstacle.filter(text -> !text.equals(job.message())).ifPresent(text -> jobs.explain(job.id(), text));
        return obstacle.isEmpty();
    }

    private Optional<String> obstacle() {
        try {
            runner.requireReady();
            return Optional.empty();
        } catch (BifocalException fault) {
            return Optional.of(said(fault));
        }
    }

    private void start(JobStore jobs, Job job, int start) {
        try {
            runs.put(job.id(), new Attempt(runner.start(job, owner, start), start, Optional.empty()));
        } catch (BifocalException failure) {
            runs.remove(job.id());
            end(jobs, job.id(), Job.State.FAILED, Optional.of(said(failure)));
        }
    }

    private static String said(BifocalException fault) {
        return fault.getMessage() + " " + fault.remedy();
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
            jobs.claim(id, owner, runner.lease()).ifPresent(claimed -> start(jobs, claimed, attempt.start() + 1));
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
        runs.values().forEach(attempt -> attempt.run().leave());
    }
}
