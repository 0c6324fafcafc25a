package io.bifocal.infra.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bifocal.infra.local.BuildTree;
import io.bifocal.infra.local.FreePorts;
import io.bifocal.infra.up.UpRecord.PartRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor with real servers, in a process of its own, so that it can be killed. */
class SupervisionTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final int port = FreePorts.next();
    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path directory;

    private Home home() {
        return new Home(directory.resolve("home"));
    }

    private Process up(String log) throws IOException {
        // In a process group of its own, as a shell runs a command in the foreground.
        ProcessBuilder builder = new ProcessBuilder(
                        "setsid",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-D" + BuildTree.ROOT_PROPERTY + "=" + BuildTree.root(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServersOnly.class.getName(),
                        home().root().toString(),
                        Integer.toString(port))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(log).toFile());
        builder.environment().put("XDG_STATE_HOME", directory.resolve("state").toString());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    @AfterEach
    void leaveNothingBehind() throws InterruptedException {
        started.forEach(Process::destroyForcibly);
        for (Process process : started) {
            process.waitFor();
        }
        Leftovers.end(home(), line -> {});
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("up.log"));
    }

    private List<PartRecord> parts() {
        return UpRecord.read(home()).map(UpRecord::parts).orElse(List.of());
    }

    private PartRecord part(String name) {
        return parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<PartRecord> awaitUp(Process up) {
        await("all parts up").atMost(PATIENCE).until(() -> {
            assertThat(up.isAlive()).as("up is alive; it said:%n%s", log()).isTrue();
            return parts().size() == 2 && parts().stream().allMatch(part -> part.state() == PartState.UP);
        });
        return parts();
    }

    private static void awaitGone(List<PartRecord> parts) {
        await("no process left").atMost(PATIENCE).until(() -> parts.stream()
                .noneMatch(part -> part.process().orElseThrow().alive()));
    }

    @Test
    void aPartThatIsKilledIsStartedAgainAndKeepsItsPort() throws IOException, InterruptedException {
        Process up = up("up.log");
        PartRecord before = awaitUp(up).get(0);
        assertThat(before.name()).isEqualTo("kafka");

        before.process().flatMap(ProcessId::handle).orElseThrow().destroyForcibly();

        await("the restart shows").atMost(PATIENCE).until(() -> part("kafka").state() == PartState.RESTARTING);
        assertThat(part("kafka").pid()).isNull();
        awaitUp(up);
        assertThat(part("kafka").restarts()).isEqualTo(1);
        assertThat(part("kafka").pid()).isNotEqualTo(before.pid());

        Process second = up("second.log");
        assertThat(second.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("second.log")))
                .contains("A platform already runs in " + home().root() + ": process " + up.pid());

        List<PartRecord> running = awaitUp(up);
        pressCtrlC(up);
        assertThat(up.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(up.exitValue()).isZero();
        assertThat(log()).doesNotContain("cassandra died");
        assertThat(running).noneMatch(part -> part.process().orElseThrow().alive());
        assertThat(home().upRecord()).doesNotExist();
        assertThat(log()).containsSubsequence("Stopping kafka", "Stopping cassandra", "Stopped.");
    }

    /** As a terminal does: to every process of the group, the parts among them. */
    private static void pressCtrlC(Process up) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("sh", "-c", "kill -INT -" + up.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private ServerSocket occupied(String server) throws IOException {
        int taken = Ports.of(home().ports(), List.of(server), line -> {}).port(server);
        return new ServerSocket(taken, 1, InetAddress.getLoopbackAddress());
    }

    private Optional<UpRecord> recordOf(Process up) {
        return UpRecord.read(home()).filter(record -> record.pid() == up.pid());
    }

    @Test
    void serversThatTheConfigurationNamesAreNotStarted() throws IOException {
        Files.createDirectories(home().root());
        Files.writeString(
                home().userProperties(),
                "kafka.bootstrap-servers=kafka.example:9092\ncassandra.contact-points=cassandra.example:9042\n");

        Process up = up("up.log");

        await("up's parts").atMost(PATIENCE).until(() -> log().contains("Starting"));
        assertThat(recordOf(up)).isPresent();
        assertThat(parts()).isEmpty();
        assertThat(Files.readString(home().platformProperties()))
                .contains("kafka.example\\:9092", "cassandra.example\\:9042");
        assertThat(home().ports()).doesNotExist();
    }

    @Test
    void nothingOutlivesAnUpThatIsKilledAndTheNextOneResumes() throws IOException, InterruptedException {
        Process up = up("up.log");
        List<PartRecord> first = awaitUp(up);
        up.destroyForcibly().waitFor();

        awaitGone(first);

        List<PartRecord> second;
        Process next;
        // Other processes may take the ports meanwhile.
        try (ServerSocket kafka = occupied("kafka");
                ServerSocket cassandra = occupied("cassandra-storage")) {
            next = up("next.log");
            await("the next up's record").atMost(PATIENCE).until(() -> recordOf(next)
                    .isPresent());
            second = awaitUp(next);
            assertThat(Files.readString(directory.resolve("next.log")))
                    .contains(
                            "Port " + kafka.getLocalPort() + ", recorded for kafka, is in use by",
                            "Port " + cassandra.getLocalPort() + ", recorded for cassandra-storage, is in use by");
        }
        assertThat(second)
                .extracting(PartRecord::pid)
                .doesNotContainAnyElementsOf(first.stream().map(PartRecord::pid).toList());
        Shutdown.of(home(), line -> {});
        assertThat(next.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        awaitGone(second);
    }
}
