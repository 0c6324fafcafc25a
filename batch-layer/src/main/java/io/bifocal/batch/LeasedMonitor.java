package io.bifocal.batch;

import io.bifocal.cassandra.JobStore;
import io.bifocal.core.job.Job;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a job for its owner while it runs, tells how far it is, and stops it where somebody asked for that or took it over:
 * at its next report, and with its Spark jobs at once.
 */
final class LeasedMonitor implements Monitor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeasedMonitor.class);
    private static final long BEAT_MILLIS = 1_000;

    private record Report(double progress, String message) {}

    private final JobStore jobs;
    private final Job job;
    private final String owner;
    private final Duration lease;
    private final AtomicReference<Report> last;
    private final Thread heart;
    private volatile boolean cancelled;
    private volatile boolean closed;

    private LeasedMonitor(JobStore jobs, Job job, String owner, Duration lease) {
        this.jobs = jobs;
        this.job = job;
        this.owner = owner;
        this.lease = lease;
        this.last = new AtomicReference<>(new Report(0, "starting"));
        this.heart = new Thread(this::beat, "job-lease");
        heart.setDaemon(true);
    }

    static LeasedMonitor start(JobStore jobs, Job job, String owner, Duration lease) {
        LeasedMonitor monitor = new LeasedMonitor(jobs, job, owner, lease);
        monitor.heart.start();
        return monitor;
    }

    boolean cancelled() {
        return cancelled;
    }

    @Override
    public void report(double progress, String message) {
        Report before = last.getAndSet(new Report(progress, message));
        if (!message.equals(before.message())) {
            LOG.info("{}", message);
        }
        if (cancelled) {
            throw new Cancelled();
        }
    }

    @Override
    public void passPointOfNoReturn() {
        if (jobs.pass(job.id(), owner).isEmpty()) {
            cancelled = true;
            throw new Cancelled();
        }
    }

    @Override
    public void pause(Duration some) {
        try {
            Thread.sleep(some.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Cancelled();
        }
        if (cancelled) {
            throw new Cancelled();
        }
    }

    @Override
    public void close() {
        closed = true;
        heart.interrupt();
        try {
            heart.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat() {
        while (!closed && !cancelled) {
            try {
                renew();
                Thread.sleep(BEAT_MILLIS);
            } catch (InterruptedException ended) {
                return;
            } catch (RuntimeException failure) {
                LOG.warn("cannot renew the lease of job {}: {}", job.id(), failure.getMessage());
            }
        }
    }

    private void renew() {
        Report report = last.get();
        Optional<Job> renewed = jobs.renew(job.id(), owner, lease, report.progress(), report.message());
        if (renewed.isEmpty() || renewed.get().cancelRequested()) {
            cancelled = true;
            SparkSession.getDefaultSession().foreach(spark -> {
                spark.sparkContext().cancelAllJobs();
                return null;
            });
        }
    }
}
