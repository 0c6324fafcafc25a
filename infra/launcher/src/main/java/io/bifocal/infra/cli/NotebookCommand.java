package io.bifocal.infra.cli;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.local.BuildTree;
import io.bifocal.infra.up.Home;
import io.bifocal.infra.up.PortRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Jupyter with the notebooks, in an environment of its own under the repository. */
@Command(
        name = "notebook",
        mixinStandardHelpOptions = true,
        description =
                "Starts Jupyter on loopback with the notebooks, against the running platform. On first use it makes"
                        + " .venv and installs what notebooks/requirements-lab.txt pins. Ctrl-C stops it.")
final class NotebookCommand implements Callable<Integer> {
    private static final List<String> REQUIREMENTS = List.of("requirements.txt", "requirements-lab.txt");

    @ParentCommand
    private Main main;

    @Option(names = "--no-browser", description = "Only prints the address.")
    private boolean headless;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Session session = main.session();
        // Fails with what would help where nothing answers there.
        session.api().get("/status");
        Path root = BuildTree.root();
        Path python = python(session, root.resolve("notebooks"), root.resolve(".venv"));
        List<String> command = new ArrayList<>(List.of(
                python.toString(), "-m", "jupyter", "lab", "--ServerApp.ip=127.0.0.1", "--ServerApp.root_dir=."));
        // Who runs the platform as root, as in a container, runs its notebooks so too.
        command.add("--allow-root");
        if (headless) {
            command.add("--no-browser");
        }
        ProcessBuilder jupyter = new ProcessBuilder(command)
                .directory(root.resolve("notebooks").toFile())
                .inheritIO();
        jupyter.environment().put("BIFOCAL_URL", session.url().toString());
        Optional<Home> home = PortRecord.ofUser().home(session.url());
        home.ifPresent(
                known -> jupyter.environment().put("BIFOCAL_HOME", known.root().toString()));
        return runToItsEnd(jupyter.start());
    }

    private static Path python(Session session, Path notebooks, Path environment)
            throws IOException, InterruptedException {
        Path python = environment.resolve("bin/python");
        if (Files.isExecutable(python) && installed(notebooks, environment)) {
            return python;
        }
        session.err().println("Installing Jupyter and the notebooks' libraries into " + environment);
        run(
                notebooks,
                "Install Python 3.11 or newer (Debian: apt-get install python3-venv).",
                "python3",
                "-m",
                "venv",
                environment.toString());
        run(
                notebooks,
                "See what pip says above; it needs a package index on first use.",
                python.toString(),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--requirement",
                "requirements-lab.txt");
        for (String file : REQUIREMENTS) {
            Files.copy(notebooks.resolve(file), environment.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        return python;
    }

    private static boolean installed(Path notebooks, Path environment) throws IOException {
        for (String file : REQUIREMENTS) {
            Path copy = environment.resolve(file);
            if (!Files.exists(copy) || Files.mismatch(notebooks.resolve(file), copy) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static void run(Path directory, String remedy, String... command) throws IOException, InterruptedException {
        int exit;
        try {
            exit = runToItsEnd(new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .inheritIO()
                    .start());
        } catch (IOException missing) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE, command[0] + " cannot be started: " + missing.getMessage() + ".", remedy);
        }
        if (exit != 0) {
            throw Errors.of(ErrorCode.UNAVAILABLE, String.join(" ", command) + " failed.", remedy);
        }
    }

    private static int runToItsEnd(Process process) throws InterruptedException {
        Thread ender = new Thread(process::destroy, "end-" + process.pid());
        Runtime.getRuntime().addShutdownHook(ender);
        return process.waitFor();
    }
}
