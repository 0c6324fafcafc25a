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
 * Runs jobs as child processes of this server, the oldest of each model first. Several servers share the work: who claims a
 * job starts it. A process that dies before its job has ended is started once more, then the job fails.
 */
@Singleton
@Startup
public class LocalExecutor {
    private static final Logger LOG = Logger.getLogger(LocalExecutor.class);
    private static final int JOBS_AT_ONCE = 2;
    private static final int STARTS = 2;
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** Longer than a job process takes to renew it for the first time. */
    private static final Duration LEASE = Duration.ofSeconds(60);

    /** How long a process may go on after its job was cancelled. */
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(20);

    private final Storage storage;
    private final JobProcesses processes;
    private final Clock clock;
    private final Config config;
    private final String owner = "local-" + UUID.randomUUID();
    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private Optional<Repeating> looking = Optional.empty();

    /** A job's process, the how-manieth it is, and since when its job is cancelled. */
    private record Run(Process process, int start, Optional<Instant> cancelledSince) {}

    LocalExecutor(Storage storage, JobProcesses processes, Clock clock, Config config) {
        this.storage = storage;
        this.processes = processes;
        this.clock = clock;
        this.config = config;
    }

    @PostConstruct
    void start() {
        if (config.text(Config.Key.EXECUTOR).equals("local") && config.has(Config.Key.CLASSPATH_BATCH)) {
            looking = Optional.of(Repeating.start("local-executor", PAUSE, this::turn));
        }
    }

    private void turn() {
        if (!storage.connected()) {
            return;
        }
        JobStore jobs = storage.jobs();
        runs.forEach((id, run) -> look(jobs, id, run));
        startNext(jobs);
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
            runs.put(job.id(), new Run(processes.start(job.id(), owner), start, Optional.empty()));
        } catch (BifocalException failure) {
            runs.remove(job.id());
            end(jobs, job.id(), Job.State.FAILED, Optional.of(failure.getMessage() + " " + failure.remedy()));
        }
    }

    private void look(JobStore jobs, String id, Run run) {
        Optional<Job> job = jobs.find(id).filter(found -> found.ownedBy(owner));
        if (run.process().isAlive()) {
            job.filter(Job::cancelRequested).ifPresent(cancelled -> hurry(id, run));
            return;
        }
        runs.remove(id);
        if (job.isEmpty()) {
            return;
        }
        int exit = run.process().exitValue();
        if (job.get().cancelRequested()) {
            end(jobs, id, Job.State.CANCELLED, Optional.empty());
        } else if (run.start() < STARTS) {
            LOG.warn("The process of job " + id + " ended with " + exit + "; once more");
            jobs.claim(id, owner, LEASE).ifPresent(claimed -> start(jobs, claimed, run.start() + 1));
        } else {
            end(
                    jobs,
                    id,
                    Job.State.FAILED,
                    Optional.of("Its process ended with " + exit + " before the job had. The end of its log:\n"
                            + processes.logTail(id)));
        }
    }

    private void hurry(String id, Run run) {
        Instant now = clock.instant();
        Instant since = run.cancelledSince().orElse(now);
        runs.put(id, new Run(run.process(), run.start(), Optional.of(since)));
        if (since.plus(CANCEL_PATIENCE).isBefore(now)) {
            run.process().destroyForcibly();
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
        runs.values().forEach(run -> run.process().destroy());
    }
}
