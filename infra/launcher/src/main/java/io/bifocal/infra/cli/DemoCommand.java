package io.bifocal.infra.cli;

import io.bifocal.infra.demo.ShopEvents;
import io.bifocal.infra.demo.ShopStream;
import io.bifocal.infra.ingest.KafkaSettings;
import io.bifocal.infra.ingest.Publisher;
import io.bifocal.infra.up.Foreground;
import io.bifocal.infra.up.Home;
import io.bifocal.infra.up.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The platform with a live sample. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts the whole platform with a web shop's live stream; Ctrl-C stops all of it. Numbers are"
                + " provisional until the first batch, about a minute later, makes them exact.")
final class DemoCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            defaultValue = ".bifocal-demo",
            description = "Where all state lives (default: ${DEFAULT-VALUE}).")
    private Path home;

    @Option(names = "--port", paramLabel = "N", description = "Port of the API (default: 8080).")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "7",
            description = "Of the stream (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public void run() {
        Session session = main.session();
        Home demo = new Home(home);
        lay(demo.userProperties());
        Platform platform = Platform.start(
                new Platform.Request(
                        demo,
                        port.isPresent() ? OptionalInt.of(port.get()) : OptionalInt.empty(),
                        Optional.of(models(demo)),
                        Optional.empty()),
                Clock.systemUTC(),
                session.err()::println);
        AtomicReference<ShopStream> stream = new AtomicReference<>();
        new Foreground(platform, session.err()::println)
                .run(() -> stream.set(stream(platform)), () -> play(session, platform, stream.get()));
    }

    /** Begins before the parts that count are up, so that there is something to count. */
    private ShopStream stream(Platform platform) {
        Publisher publisher = new Publisher(KafkaSettings.of(platform.config()), "shop");
        String prefix = Long.toString(System.currentTimeMillis(), 36);
        ShopStream stream = new ShopStream(new ShopEvents(seed, prefix), publisher, Clock.systemUTC());
        stream.start();
        return stream;
    }

    private static void play(Session session, Platform platform, ShopStream stream) {
        tell(session, platform);
        new DemoTicker(new Api(platform.url()), session.progress(), stream::published, platform::closed).start();
    }

    private static void tell(Session session, Platform platform) {
        String url = platform.url().equals(session.url()) ? "" : " --url " + platform.url();
        PrintWriter out = session.out();
        out.println();
        out.println("Console: " + platform.url() + "/");
        out.println("Try, in another terminal:");
        List.of(
                        "query shop --metrics orders,revenue,visitors --by country --order revenue:desc --limit 5",
                        "query shop --metrics events,conversion --granularity hour --order time:desc --limit 6",
                        "quarantine shop --limit 5",
                        "ledger shop",
                        "status")
                .forEach(command -> out.println("  ./bifocal " + command + url));
        out.flush();
        PrintWriter err = session.err();
        err.println();
        err.println("A web shop sends a day's history, then some hundred events a second: some late, some twice, some");
        err.println(
                "malformed. In a minute a first batch makes the provisional numbers exact. Ctrl-C stops all of it.");
        err.println();
    }

    private static Path models(Home home) {
        Path directory = home.root().resolve("models");
        lay(directory.resolve("shop.yml"));
        return directory;
    }

    /** A copy of what the demo comes with, which the user may look at and change. */
    private static void lay(Path file) {
        try (InputStream in =
                ShopEvents.class.getResourceAsStream(file.getFileName().toString())) {
            Files.createDirectories(file.getParent());
            if (!Files.exists(file)) {
                Files.copy(in, file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
