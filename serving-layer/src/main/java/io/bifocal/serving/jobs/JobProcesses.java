package io.bifocal.serving.jobs;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.job.JobOwner;
import io.bifocal.serving.process.ChildJvm;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The processes that do jobs, and their logs. */
@Singleton
class JobProcesses {
    private static final String MAIN = "io.bifocal.batch.JobProcess";
    private static final int TAIL_BYTES = 4_000;

    private final Config config;
    private final ChildJvm children;
    private final Path logs;

    JobProcesses(Config config, ChildJvm children) {
        this.config = config;
        this.children = children;
        this.logs = Path.of(config.text(Config.Key.HOME)).resolve("logs");
    }

    /**
     * Starts the process of a job.
     *
     * @param owner as whom the job was claimed, and the process is to hold it
     */
    Process start(String id, String owner) {
        List<String> options =
                List.of("-Xmx" + config.text(Config.Key.BATCH_MEMORY), "-D" + JobOwner.PROPERTY + "=" + owner);
        try {
            Files.createDirectories(logs);
            return children.command(Config.Key.CLASSPATH_BATCH, options, List.of(MAIN, id))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log(id).toFile()))
                    .start();
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.JOB_FAILED,
                    "Cannot start the process of job " + id + ": " + failure.getMessage(),
                    "Check the configuration's home and class paths.",
                    failure);
        }
    }

    /** The end of what a job's process wrote. */
    String logTail(String id) {
        try (RandomAccessFile file = new RandomAccessFile(log(id).toFile(), "r")) {
            file.seek(Math.max(0, file.length() - TAIL_BYTES));
            byte[] tail = new byte[TAIL_BYTES];
            int length = file.read(tail);
            return length <= 0 ? "(empty)" : new String(tail, 0, length, StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            return "(cannot be read: " + unreadable.getMessage() + ")";
        }
    }

    private Path log(String id) {
        return logs.resolve("job-" + id + ".log");
    }
}
