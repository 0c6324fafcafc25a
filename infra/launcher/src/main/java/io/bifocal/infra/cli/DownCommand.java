package io.bifocal.infra.cli;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.up.Home;
import io.bifocal.infra.up.Shutdown;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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

    @Option(names = "--home", paramLabel = "DIR", description = "Home of the platform (default: .bifocal).")
    private Optional<Path> home = Optional.empty();

    @Override
    public void run() {
        home.filter(named -> !Files.isDirectory(named)).ifPresent(named -> {
            throw Errors.of(
                    ErrorCode.NOT_FOUND,
                    "There is no directory " + named + ".",
                    "Name the --home that up was given; ./bifocal status tells that of the platform behind --url.");
        });
        Shutdown.of(new Home(home.orElse(Path.of(".bifocal"))), main.session().err()::println);
    }
}
