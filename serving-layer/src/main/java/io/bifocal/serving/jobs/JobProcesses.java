package io.bifocal.serving.jobs;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.job.Job;
import io.bifocal.core.job.JobOwner;
import io.bifocal.serving.process.ChildJvm;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs jobs as child processes of this server. */
@Singleton
class JobProcesses implements JobRunner {
    static final String NAME = "local";
    private static final String MAIN = "io.bifocal.batch.JobProcess";

    /** Longer than a job process takes to renew it for the first time. */
    private static final Duration LEASE = Duration.ofSeconds(60);

    private final Config config;
    private final ChildJvm children;
    private final JobLogs logs;

    JobProcesses(Config config, ChildJvm children, JobLogs logs) {
        this.config = config;
        this.children = children;
        this.logs = logs;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean available() {
        return config.has(Config.Key.CLASSPATH_BATCH);
    }

    @Override
    public Duration lease() {
        return LEASE;
    }

    /** A process can be started whenever this server runs. */
    @Override
    public void requireReady() {}

    @Override
    public Run start(Job job, String owner, int attempt) {
        List<String> options = new ArrayList<>();
        options.add("-Xmx" + config.text(Config.Key.BATCH_MEMORY));
        options.add("-D" + JobOwner.PROPERTY + "=" + owner);
        options.addAll(config.words(Config.Key.SPARK_JVM_OPTIONS));
        try {
            Process process = children.command(Config.Key.CLASSPATH_BATCH, options, List.of(MAIN, job.id()))
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(logs.file(job.id()).toFile()))
                    .start();
            return new Child(process, job.id(), logs);
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.JOB_FAILED,
                    "Cannot start the process of job " + job.id() + ": " + failure.getMessage(),
                    "Check the configuration's home and class paths.",
                    failure);
        }
    }

    private record Child(Process process, String id, JobLogs logs) implements Run {
        @Override
        public boolean running() {
            return process.isAlive();
        }

        @Override
        public String end() {
            return "Its process ended with " + process.exitValue() + " before the job had. The end of its log:\n"
                    + logs.tail(id);
        }

        @Override
        public void stop() {
            process.destroyForcibly();
        }

        @Override
        public void leave() {
            stop();
        }
    }
}
