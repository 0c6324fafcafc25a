package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.local.AtExit;
import io.bifocal.infra.local.BuildTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Runs the benchmarks of all modules, which Maven knows how to start, and gathers what they measured. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures the platform side by side with what one would use instead, on this machine, and writes"
                + " docs/BENCHMARKS.md. Nothing else should run meanwhile.")
final class BenchCommand implements Callable<Integer> {
    private static final List<String> MODULES = List.of("speed-layer", "batch-layer", "infra/acceptance");
    private static final List<String> BENCHMARKS = List.of("LivePathBenchmark", "RecomputeBenchmark", "QueryBenchmark");
    private static final List<String> FIELDS =
            List.of("id", "name", "against", "ours", "peer", "unit", "ratio", "aim", "met");
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private Main main;

    @Option(names = "--quick", description = "Measures less, in minutes, and leaves docs/BENCHMARKS.md as it is.")
    private boolean quick;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = BuildTree.root();
        Path results = root.resolve("target/bench");
        Path log = root.resolve("target/bench.log");
        Files.createDirectories(results);
        for (Path old : files(results)) {
            Files.delete(old);
        }
        Session session = main.session();
        session.err().println("Benchmarks are built and run; this takes a while (log: " + log + ")");
        session.err().flush();
        Process maven = start(root, results, log);
        AtExit.stop(maven);
        Set<Path> told = new HashSet<>();
        while (!maven.waitFor(1, TimeUnit.SECONDS)) {
            tell(results, told);
        }
        if (maven.exitValue() != 0) {
            throw Errors.of(ErrorCode.JOB_FAILED, "A benchmark failed.", "Read " + log + ".");
        }
        ArrayNode rows = JSON.createArrayNode();
        for (Path file : files(results)) {
            rows.add(JSON.readTree(file.toFile()));
        }
        if (!quick) {
            new BenchmarkReport(root).write(rows);
        }
        session.printer().print(rows, rounded(rows), FIELDS);
        return 0;
    }

    private Process start(Path root, Path results, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of("mvn", "-B", "-ntp", "verify", "-am", "-pl"));
        command.add(String.join(",", MODULES));
        command.add("-Dtest=" + String.join(",", BENCHMARKS));
        command.add("-Dsurefire.failIfNoSpecifiedTests=false");
        command.add("-Dbench.results=" + results);
        command.add("-Dbench.quick=" + quick);
        // Tests run a little once, and are best off without the optimising compiler; what is measured runs as in
        // production.
        command.add("-Dtest.jvm.options=");
        ProcessBuilder maven = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        maven.environment().put("BIFOCAL_NO_BUILD", "1");
        return maven.start();
    }

    /** Says what was measured since it was said last. */
    private void tell(Path results, Set<Path> told) throws IOException {
        for (Path file : files(results)) {
            if (told.add(file)) {
                JsonNode row = BenchmarkReport.rounded(JSON.readTree(file.toFile()));
                main.session()
                        .err()
                        .printf(
                                "  %s: %s times %s (aim: %s)%n",
                                row.get("name").asText(),
                                Printer.text(row.get("ratio")),
                                row.get("against").asText(),
                                row.get("aim").asText());
                main.session().err().flush();
            }
        }
    }

    private static List<Path> files(Path results) throws IOException {
        try (Stream<Path> files = Files.list(results)) {
            return files.sorted().toList();
        }
    }

    /** Digits that say nothing are left out of tables. */
    private static List<JsonNode> rounded(ArrayNode rows) {
        List<JsonNode> rounded = new ArrayList<>();
        rows.forEach(row -> rounded.add(BenchmarkReport.rounded(row)));
        return rounded;
    }
}
