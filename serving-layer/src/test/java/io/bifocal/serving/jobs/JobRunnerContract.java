package io.bifocal.serving.jobs;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bifocal.core.job.Job;
import io.bifocal.serving.ServerTest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every runner of jobs does. */
abstract class JobRunnerContract extends ServerTest {
    private static final String OWNER = "owner";

    abstract JobRunner runner();

    /** The id of a job that dies, and of one that goes on until it is stopped. */
    abstract String dying();

    abstract String slow();

    @Test
    void isAvailableAndReadyUnderItsName() {
        assertThat(runner().available()).isTrue();
        assertThat(runner().name()).isNotBlank();
        runner().requireReady();
        assertThat(runner().lease()).isPositive();
    }

    @Test
    void runsAJobToItsEndAndSaysHowItEnded() {
        JobRunner.Run run = runner().start(job(dying()), OWNER, 1);
        await().atMost(60, SECONDS).until(() -> !run.running());
        assertThat(run.end()).contains(dying());
    }

    @Test
    void stopsAJobThatIsRunning() {
        JobRunner.Run run = runner().start(job(slow()), OWNER, 1);
        assertThat(run.running()).isTrue();
        run.stop();
        await().atMost(60, SECONDS).until(() -> !run.running());
    }

    static Job job(String id) {
        return Job.queued(id, Job.Type.RECOMPUTE, "m", Map.of(), Optional.empty(), Instant.EPOCH);
    }
}
