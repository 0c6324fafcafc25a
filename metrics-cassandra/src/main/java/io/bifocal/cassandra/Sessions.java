package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens sessions as the configuration says. */
final class Sessions {
    /** Longer than the server's own timeouts, which say more about what went wrong. */
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]{0,47}");
    private static final int DEFAULT_PORT = 9042;
    private static final int PAGE_ROWS = 2_000;
    private static final int ATTEMPTS_PER_LOG_LINE = 10;

    private final Config config;
    private final String keyspace;

    Sessions(Config config) {
        this.config = config;
        this.keyspace = config.text(Config.Key.CASSANDRA_KEYSPACE);
        requireName(keyspace, Config.Key.CASSANDRA_KEYSPACE);
        requireName(config.text(Config.Key.CASSANDRA_DATACENTER).replace('-', '_'), Config.Key.CASSANDRA_DATACENTER);
    }

    /** Waits until Cassandra is up, creates the keyspace where it is missing, and connects to it. */
    CqlSession open(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        for (int attempt = 0; ; attempt++) {
            try {
                return connect();
            } catch (DriverException failure) {
                if (!Retries.passing(failure) || System.nanoTime() > deadline) {
                    throw Retries.unavailable(failure);
                }
                if (attempt % ATTEMPTS_PER_LOG_LINE == 0) {
                    LOG.info(
                            "Waiting for Cassandra at {}: {}",
                            config.text(Config.Key.CASSANDRA_CONTACT_POINTS),
                            failure.getMessage());
                }
                Retries.pause(attempt);
            }
        }
    }

    private CqlSession connect() {
        try {
            return builder().withKeyspace(keyspace).build();
        } catch (InvalidKeyspaceException missing) {
            try (CqlSession session = builder().build()) {
                session.setSchemaMetadataEnabled(false);
                SchemaChange.run(session, createKeyspace());
            }
            return builder().withKeyspace(keyspace).build();
        }
    }

    private String createKeyspace() {
        int replicas = config.number(Config.Key.CASSANDRA_REPLICATION_FACTOR);
        String replication = replicas == 1
                ? "'class': 'SimpleStrategy', 'replication_factor': 1"
                : "'class': 'NetworkTopologyStrategy', '" + config.text(Config.Key.CASSANDRA_DATACENTER) + "': "
                        + replicas;
        return "CREATE KEYSPACE IF NOT EXISTS " + keyspace + " WITH replication = {" + replication + "}";
    }

    private CqlSessionBuilder builder() {
        CqlSessionBuilder builder = CqlSession.builder()
                .withConfigLoader(options())
                .addContactPoints(contactPoints())
                .withLocalDatacenter(config.text(Config.Key.CASSANDRA_DATACENTER));
        return config.has(Config.Key.CASSANDRA_USERNAME)
                ? builder.withAuthCredentials(
                        config.text(Config.Key.CASSANDRA_USERNAME), config.text(Config.Key.CASSANDRA_PASSWORD))
                : builder;
    }

    private List<InetSocketAddress> contactPoints() {
        return config.list(Config.Key.CASSANDRA_CONTACT_POINTS).stream()
                .map(Sessions::address)
                .toList();
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        try {
            return colon < 0
                    ? new InetSocketAddress(text, DEFAULT_PORT)
                    : new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        } catch (IllegalArgumentException broken) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    Config.Key.CASSANDRA_CONTACT_POINTS.text() + " holds " + text + ", which is not host:port.",
                    "Write for example 127.0.0.1:9042, several separated by commas.",
                    broken);
        }
    }

    private DriverConfigLoader options() {
        return DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "QUORUM")
                .withString(DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY, "SERIAL")
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, REQUEST_TIMEOUT)
                .withInt(DefaultDriverOption.REQUEST_PAGE_SIZE, PAGE_ROWS)
                .withBoolean(DefaultDriverOption.REQUEST_LOG_WARNINGS, false)
                .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, Duration.ofSeconds(5))
                .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(10))
                .withDuration(DefaultDriverOption.CONNECTION_SET_KEYSPACE_TIMEOUT, Duration.ofSeconds(10))
                .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, Duration.ofSeconds(10))
                .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(100))
                .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(1))
                // The window in which schema changes are gathered; the default delays each of ours by a second.
                .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(1))
                .withStringList(DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES, List.of(keyspace))
                .build();
    }

    private static void requireName(String name, Config.Key key) {
        if (!NAME.matcher(name).matches()) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    key.text() + " is " + name + ".",
                    "Use letters, digits and underscores, starting with a letter.");
        }
    }
}
