package io.bifocal.infra.cli;

import io.bifocal.infra.up.Home;
import io.bifocal.infra.up.Shutdown;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Ends an {@code up}. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description =
                "Stops a platform on this machine and everything that it started; returns when no process is left.")
final class DownCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            defaultValue = ".bifocal",
            description = "Home of the platform (default: ${DEFAULT-VALUE}).")
    private Path home;

    @Override
    public void run() {
        Shutdown.of(new Home(home), main.session().err()::println);
    }
}
