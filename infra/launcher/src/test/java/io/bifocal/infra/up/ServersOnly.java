package io.bifocal.infra.up;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code ServersOnly <home> <port>}: as {@code up}, with Kafka and Cassandra as its only parts. */
final class ServersOnly {
    private ServersOnly() {}

    public static void main(String[] arguments) {
        Platform.Request request = new Platform.Request(
                new Home(Path.of(arguments[0])),
                OptionalInt.of(Integer.parseInt(arguments[1])),
                Optional.empty(),
                Optional.empty());
        Platform platform;
        try {
            platform =
                    Platform.start(request, (home, servers, plans) -> servers, Clock.systemUTC(), System.err::println);
        } catch (RuntimeException refused) {
            System.err.println(refused.getMessage());
            System.exit(1);
            return;
        }
        new Foreground(platform, System.err::println).run(() -> {}, () -> {});
    }
}
