package io.bifocal.infra.cli;

import io.bifocal.infra.up.Foreground;
import io.bifocal.infra.up.Home;
import io.bifocal.infra.up.Platform;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Runs the platform in the foreground. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Starts the whole platform on this machine and keeps it running; Ctrl-C stops all of it.")
final class UpCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "Directory of model files (*.yml) to begin with; without it, the models that the home knows.")
    private Optional<Path> models = Optional.empty();

    @Option(
            names = "--home",
            paramLabel = "DIR",
            defaultValue = ".bifocal",
            description = "Where all state lives (default: ${DEFAULT-VALUE}).")
    private Path home;

    @Option(names = "--port", paramLabel = "N", description = "Port of the API (default: 8080, or http.port).")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration; otherwise HOME/bifocal.properties, if it exists.")
    private Optional<Path> config = Optional.empty();

    @Override
    public void run() {
        Session session = main.session();
        Platform platform = Platform.start(
                new Platform.Request(
                        new Home(home),
                        port.isPresent() ? OptionalInt.of(port.get()) : OptionalInt.empty(),
                        models,
                        config),
                Clock.systemUTC(),
                session.err()::println);
        new Foreground(platform, session.err()::println)
                .run(() -> {}, () -> session.err().println("Ready: " + platform.url()));
    }
}
