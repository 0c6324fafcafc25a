package io.bifocal.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.error.Errors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeashTest {
    @TempDir
    private Path home;

    @Test
    void endsTheChildOfAKilledParent() throws Exception {
        Path pidFile = home.resolve("child.pid");
        Process parent = start(Parent.class, pidFile);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(pidFile) && Files.size(pidFile) > 0);
        ProcessHandle child =
                ProcessHandle.of(Long.parseLong(Files.readString(pidFile))).orElseThrow();

        parent.destroyForcibly();

        child.onExit().get(20, TimeUnit.SECONDS);
        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void passesArgumentsAndTheExitCodeThrough() throws Exception {
        Process process = start(ExitsWith.class, Path.of("7"));
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(7);
    }

    @Test
    void endsAProcessWhoseMainFailedWhateverThreadsAreLeft() throws Exception {
        Process process = start(Fails.class, home);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
    }

    private static Process start(Class<?> main, Path argument) throws Exception {
        return new ProcessBuilder(command(main, argument))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<String> command(Class<?> main, Path argument) {
        List<Path> classPath = Stream.of(JavaCommand.class, LeashTest.class, Errors.class)
                .map(BuildTree::locationOf)
                .toList();
        return new JavaCommand(main.getName(), classPath, List.of("-Xmx32m"), List.of(argument.toString())).line();
    }

    /** Starts a child that never ends by itself, and waits for it. */
    public static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws Exception {
            new ProcessBuilder(command(Child.class, Path.of(arguments[0])))
                    .start()
                    .waitFor();
        }
    }

    /** Notes its pid and never ends by itself, whatever its shutdown hooks do. */
    public static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            Runtime.getRuntime().addShutdownHook(new Thread(Child::hang));
            Files.writeString(
                    Path.of(arguments[0]), Long.toString(ProcessHandle.current().pid()));
            hang();
        }

        private static void hang() {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }

    /** Ends with the code that it is given. */
    public static final class ExitsWith {
        private ExitsWith() {}

        public static void main(String[] arguments) {
            System.exit(Integer.parseInt(arguments[0]));
        }
    }

    /** Fails, and leaves a thread behind that never ends. */
    public static final class Fails {
        private Fails() {}

        public static void main(String[] arguments) {
            new Thread(Child::hang).start();
            throw new IllegalStateException("as a part that lacks a file of its configuration");
        }
    }
}
