package io.bifocal.serving.jobs;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.infra.local.AirflowServer;
import io.bifocal.infra.local.BuildTree;
import io.bifocal.infra.local.FreePorts;
import io.bifocal.infra.local.Leash;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a real Airflow, whose tokens expire sooner than any of its runs ends. */
@QuarkusTest
class AirflowRunnerTest extends JobRunnerContract {
    private static final String TOKENS_LAST_SECONDS = "5";

    private static AirflowServer airflow;
    private static AirflowRunner runner;

    private final String name = UUID.randomUUID().toString();

    @BeforeAll
    static void startAirflow() throws IOException {
        Path home = Files.createTempDirectory(Path.of("target"), "airflow").toAbsolutePath();
        Path arguments = Files.writeString(
                home.resolve("job.args"),
                "-Xmx64m -cp \"" + BuildTree.locationOf(Leash.class) + ":"
                        + Path.of("target", "test-classes").toAbsolutePath() + "\"");
        airflow = AirflowServer.prepare(
                home,
                Map.of(
                        "BIFOCAL_JOB_ARGUMENTS",
                        arguments.toString(),
                        "AIRFLOW__API_AUTH__JWT_EXPIRATION_TIME",
                        TOKENS_LAST_SECONDS));
        airflow.start();
        runner = runner(airflow.url(), airflow.password());
        awaitReady();
    }

    private static void awaitReady() {
        await().atMost(120, SECONDS)
                .ignoreExceptionsInstanceOf(BifocalException.class)
                .untilAsserted(runner::requireReady);
    }

    @AfterAll
    static void stopAirflow() {
        if (airflow != null) {
            airflow.close();
        }
    }

    private static AirflowRunner runner(String url, String password) {
        return new AirflowRunner(Config.of(
                Map.of(
                        Config.Key.AIRFLOW_URL.text(), url,
                        Config.Key.AIRFLOW_USERNAME.text(), AirflowServer.USERNAME,
                        Config.Key.AIRFLOW_PASSWORD.text(), password),
                Map.of()));
    }

    @Override
    JobRunner runner() {
        return runner;
    }

    @Override
    String dying() {
        return "dying-" + name;
    }

    @Override
    String slow() {
        return "slow-" + name;
    }

    @Test
    void saysTheEndOfTheTasksLog() {
        JobRunner.Run run = runner.start(job(dying()), "owner", 1);
        await().atMost(120, SECONDS).until(() -> !run.running());
        assertThat(run.end()).contains("ended as failed").contains("no such job here: " + dying());
    }

    @Test
    void triggersOneRunHoweverOftenItIsAsked() {
        JobRunner.Run run = runner.start(job(slow()), "owner", 1);
        JobRunner.Run same = runner.start(job(slow()), "owner", 1);
        JobRunner.Run next = runner.start(job(slow()), "owner", 2);
        assertThat(same.running()).isTrue();
        run.stop();
        await().atMost(120, SECONDS).until(() -> !same.running());
        assertThat(next.running()).isTrue();
        next.stop();
    }

    @Test
    void stopsTheProcessThatATaskRuns() {
        JobRunner.Run run = runner.start(job(slow()), "owner", 1);
        await().atMost(120, SECONDS).until(() -> processIsThere(slow()));
        run.stop();
        await().atMost(120, SECONDS).until(() -> !processIsThere(slow()));
        assertThat(run.running()).isFalse();
    }

    private static boolean processIsThere(String argument) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").endsWith("JobProcess " + argument));
    }

    @Test
    void saysWhatToDoWhereNoJobCanBeStarted() throws IOException {
        airflow.run("dags", "pause", "--yes", AirflowRunner.DAG);
        BifocalException paused = obstacle(runner);
        assertThat(paused).hasMessageContaining("bifocal_job is paused");
        assertThat(paused.remedy()).contains("airflow dags unpause bifocal_job");
        airflow.run("dags", "unpause", "--yes", AirflowRunner.DAG);
        runner.requireReady();

        Path file = airflow.dags().resolve("bifocal_job.py");
        String dag = Files.readString(file);
        Files.writeString(file, "from airflow.sdk import DAG\nimport nothing_of_the_kind\n");
        await().atMost(120, SECONDS).untilAsserted(() -> assertThat(obstacle(runner))
                .hasMessageContaining("cannot import")
                .hasMessageContaining("nothing_of_the_kind"));
        Files.writeString(file, dag);
        awaitReady();

        BifocalException refused = obstacle(runner(airflow.url(), "wrong"));
        assertThat(refused).hasMessageContaining("refuses the login of bifocal with 401");
        assertThat(refused.remedy()).contains("airflow.password");
    }

    @Test
    void countsARunAsRunningWhileAirflowIsDown() {
        AirflowRunner down = runner("http://127.0.0.1:" + FreePorts.next(), "any");
        BifocalException unreachable = obstacle(down);
        assertThat(unreachable).hasMessageContaining("cannot be reached");
        assertThat(unreachable.remedy()).contains("airflow.url");
        assertThat(down.start(job(slow()), "owner", 1).running()).isTrue();
    }

    private static BifocalException obstacle(AirflowRunner runner) {
        BifocalException obstacle = catchThrowableOfType(BifocalException.class, runner::requireReady);
        assertThat(obstacle).isNotNull().extracting(BifocalException::code).isEqualTo(ErrorCode.UNAVAILABLE);
        return obstacle;
    }
}
