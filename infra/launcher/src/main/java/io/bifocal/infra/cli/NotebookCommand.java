package io.bifocal.infra.cli;

import io.bifocal.infra.local.AtExit;
import io.bifocal.infra.local.BuildTree;
import io.bifocal.infra.local.PythonEnvironment;
import io.bifocal.infra.up.Home;
import io.bifocal.infra.up.PortRecord;
import java.io.IOException;
import java.nio.file.Path;
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
        Path notebooks = root.resolve("notebooks");
        PythonEnvironment environment = new PythonEnvironment(
                root.resolve(".venv"),
                List.of(notebooks.resolve("requirements.txt"), notebooks.resolve("requirements-lab.txt")));
        if (!environment.upToDate()) {
            session.err()
                    .println("Installing Jupyter and the notebooks' libraries into " + environment.directory()
                            + ", once; that takes some minutes");
            session.err().flush();
        }
        List<String> command = new ArrayList<>(List.of(
                environment.program("python").toString(),
                "-m",
                "jupyter",
                "lab",
                "--ServerApp.ip=127.0.0.1",
                "--ServerApp.root_dir=."));
        // Who runs the platform as root, as in a container, runs its notebooks so too.
        command.add("--allow-root");
        if (headless) {
            command.add("--no-browser");
        }
        ProcessBuilder jupyter =
                new ProcessBuilder(command).directory(notebooks.toFile()).inheritIO();
        jupyter.environment().put("BIFOCAL_URL", session.url().toString());
        Optional<Home> home = PortRecord.ofUser().home(session.url());
        home.ifPresent(
                known -> jupyter.environment().put("BIFOCAL_HOME", known.root().toString()));
        Process process = jupyter.start();
        AtExit.stop(process);
        return process.waitFor();
    }
}
