package io.bifocal.infra.local;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Airflow 3 for tests, on loopback, on SQLite, with the DAGs of {@code infra/airflow}: its API server, scheduler and DAG
 * processor. It is installed from what {@code infra/airflow/requirements.txt} pins, once, into {@code infra/airflow/target}.
 */
public final class AirflowServer implements AutoCloseable {
    /** Who may log in. */
    public static final String USERNAME = "bifocal";

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<String> PARTS = List.of("api-server", "scheduler", "dag-processor");
    private static final int PROBE_MILLIS = 2_000;
    private static final int OK = 200;

    private final Path home;
    private final int port = FreePorts.next();
    private final String password = UUID.randomUUID().toString();
    private final Map<String, String> environment;
    private final List<Process> processes = new ArrayList<>();

    private AirflowServer(Path home, Map<String, String> further) {
        this.home = home;
        this.environment = environment(further);
    }

    /**
     * Prepares a new one; {@link #start} starts it.
     *
     * @param home directory of its database, logs and DAGs, which is made
     * @param environment of it and of its tasks: further settings of Airflow, and what its DAGs read
     */
    public static AirflowServer prepare(Path home, Map<String, String> environment) {
        AirflowServer airflow = new AirflowServer(home, environment);
        try {
            Files.createDirectories(home);
            copyDags(airflow.dags());
            Files.writeString(home.resolve("passwords.json"), "{\"" + USERNAME + "\": \"" + airflow.password + "\"}");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        airflow.run("db", "migrate");
        return airflow;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Of {@link #USERNAME}; made for this server. */
    public String password() {
        return password;
    }

    /** The folder of its DAGs. */
    public Path dags() {
        return home.resolve("dags");
    }

    /** Starts its processes, and returns when it answers. It finds its DAGs some seconds later. */
    public void start() {
        PARTS.forEach(part -> processes.add(launch(part, part)));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            if (System.nanoTime() > deadline || processes.stream().anyMatch(process -> !process.isAlive())) {
                close();
                throw Errors.of(ErrorCode.UNAVAILABLE, "Airflow did not start.", "Read the logs in " + home + ".");
            }
            waitFor(processes.get(0), 100);
        }
    }

    /** Runs Airflow's command line, which must succeed. */
    public void run(String... arguments) {
        String unused = output(arguments);
    }

    /** What Airflow's command line prints, its warnings included; it must succeed. */
    public String output(String... arguments) {
        Path log = home.resolve("command.log");
        try {
            Files.deleteIfExists(log);
            Process process = launch("command", arguments);
            if (waitFor(process, PATIENCE.toMillis()) && process.exitValue() == 0) {
                return Files.readString(log);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        throw Errors.of(
                ErrorCode.UNAVAILABLE, "airflow " + String.join(" ", arguments) + " failed.", "Read " + log + ".");
    }

    /** Ends it as a machine's end would: with all that its tasks started. */
    @Override
    public void close() {
        for (Process process : processes) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
            waitFor(process, PATIENCE.toMillis());
        }
        processes.clear();
    }

    private boolean answers() {
        try {
            HttpURLConnection health = (HttpURLConnection)
                    URI.create(url() + "/api/v2/monitor/health").toURL().openConnection();
            health.setConnectTimeout(PROBE_MILLIS);
            health.setReadTimeout(PROBE_MILLIS);
            return health.getResponseCode() == OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    private Process launch(String log, String... arguments) {
        List<String> line = new ArrayList<>();
        line.add(Installation.BIN.resolve("airflow").toString());
        line.addAll(List.of(arguments));
        if (arguments[0].equals("scheduler")) {
            // Its server of logs would listen on every address.
            line.add("--skip-serve-logs");
        }
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolve(log + ".log").toFile()));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Map<String, String> environment(Map<String, String> further) {
        // Shorter ones are warned of.
        String secret = UUID.randomUUID() + "-" + UUID.randomUUID();
        Map<String, String> all = new TreeMap<>(further);
        all.put("AIRFLOW_HOME", home.toAbsolutePath().toString());
        all.put("PATH", Installation.BIN + File.pathSeparator + System.getenv("PATH"));
        all.put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
        all.put("AIRFLOW__CORE__PARALLELISM", "4");
        // Seconds after which a changed DAG file is read again.
        all.put("AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL", "5");
        all.put("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", USERNAME + ":op");
        all.put(
                "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE",
                home.resolve("passwords.json").toAbsolutePath().toString());
        all.put("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", url() + "/execution/");
        all.put("AIRFLOW__API__BASE_URL", url());
        all.put("AIRFLOW__API__HOST", "127.0.0.1");
        all.put("AIRFLOW__API__PORT", Integer.toString(port));
        all.put("AIRFLOW__API__WORKERS", "1");
        all.put("AIRFLOW__API__SECRET_KEY", secret);
        all.put("AIRFLOW__API_AUTH__JWT_SECRET", secret);
        return all;
    }

    private static void copyDags(Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(Installation.ROOT.resolve("dags"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static boolean waitFor(Process process, long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Where it is installed. */
    private static final class Installation {
        private static final Path ROOT = BuildTree.root().resolve("infra/airflow");
        private static final Path BIN = new PythonEnvironment(
                        ROOT.resolve("target/python"), List.of(ROOT.resolve("requirements.txt")), List.of("--no-deps"))
                .program("airflow")
                .getParent();
    }
}
