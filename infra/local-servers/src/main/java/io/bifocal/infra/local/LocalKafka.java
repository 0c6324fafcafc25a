package io.bifocal.infra.local;

import java.nio.file.Path;

/**
 * The Kafka that the tests of this JVM share: started when first asked for, stopped and deleted when the JVM ends. Tests keep
 * apart by the names of their topics.
 */
public final class LocalKafka {
    private LocalKafka() {}

    public static KafkaServer server() {
        return Holder.SERVER;
    }

    public static String bootstrapServers() {
        return server().bootstrapServers();
    }

    private static final class Holder {
        private static final KafkaServer SERVER = start();

        private static KafkaServer start() {
            Path home = TemporaryDirectories.create("bifocal-kafka");
            KafkaServer server = KafkaServer.start(home, KafkaServer.Ports.free(), home.resolve("kafka.log"));
            AtExit.killAndDelete(server.process(), home);
            return server;
        }
    }
}
