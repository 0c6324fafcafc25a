package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.bifocal.core.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A session with Cassandra whose keyspace and tables are there and up to date. One serves a whole JVM; it may be used by any
 * number of threads.
 */
public final class CassandraConnection implements AutoCloseable {
    /** How long {@link #open(Config)} waits for Cassandra. */
    public static final Duration START_PATIENCE = Duration.ofMinutes(3);

    /** How long a request is repeated while Cassandra is away: longer than a node takes to restart. */
    private static final Duration REQUEST_PATIENCE = Duration.ofMinutes(1);

    private static final int WRITES_IN_FLIGHT = 128;
    private static final int READS_IN_FLIGHT = 64;
    private static final Map<Map<String, String>, CassandraConnection> SHARED = new ConcurrentHashMap<>();

    private final CqlSession session;
    private final InFlight writes;
    private final InFlight reads;
    private final Duration requestPatience;

    private CassandraConnection(CqlSession session, InFlight writes, InFlight reads, Duration requestPatience) {
        this.session = session;
        this.writes = writes;
        this.reads = reads;
        this.requestPatience = requestPatience;
    }

    /** Waits until Cassandra is up, creates or migrates the keyspace, and connects to it. */
    public static CassandraConnection open(Config config) {
        return open(config, START_PATIENCE);
    }

    /**
     * The same, with less or more patience.
     *
     * @throws io.bifocal.core.error.BifocalException {@code UNAVAILABLE} where Cassandra does not answer in time
     */
    public static CassandraConnection open(Config config, Duration patience) {
        CqlSession session = new Sessions(config).open(patience);
        try {
            new Migrations(session).apply();
            return new CassandraConnection(
                    session, new InFlight(WRITES_IN_FLIGHT), new InFlight(READS_IN_FLIGHT), REQUEST_PATIENCE);
        } catch (RuntimeException failure) {
            session.close();
            throw failure;
        }
    }

    /**
     * The connection that all of this JVM's tasks share, opened when first asked for; it stays open as long as the JVM lives.
     * For code that is sent to another JVM, such as a Spark task, and finds only a configuration there.
     */
    public static CassandraConnection shared(Config config) {
        Map<String, String> identity = Map.of(
                Config.Key.CASSANDRA_CONTACT_POINTS.text(), config.text(Config.Key.CASSANDRA_CONTACT_POINTS),
                Config.Key.CASSANDRA_KEYSPACE.text(), config.text(Config.Key.CASSANDRA_KEYSPACE));
        return SHARED.computeIfAbsent(identity, absent -> open(config));
    }

    /**
     * The same session for those who would rather fail than wait as long while Cassandra is away, such as a status page. It
     * is not to be closed apart.
     */
    public CassandraConnection withRequestPatience(Duration patience) {
        return new CassandraConnection(session, writes, reads, patience);
    }

    public CqlSession session() {
        return session;
    }

    @Override
    public void close() {
        session.close();
    }

    Duration requestPatience() {
        return requestPatience;
    }

    PreparedStatement prepare(String cql) {
        return session.prepare(cql);
    }

    /** Writes what may be written again, once there is room, and again while Cassandra is away. */
    CompletableFuture<Void> write(Supplier<? extends Statement<?>> statement) {
        return writes.submit(() -> Retries.send(requestPatience, () -> session.executeAsync(statement.get())))
                .thenApply(done -> null);
    }

    /** Sends an LWT that may be repeated: its answer says the same whether it took effect now or before. */
    CompletableFuture<Row> conditional(Supplier<? extends Statement<?>> statement) {
        return Retries.send(requestPatience, () -> session.executeAsync(statement.get()))
                .thenApply(AsyncResultSet::one);
    }

    /** Reads all rows of a statement, page by page, once there is room, and again while Cassandra is away. */
    <T> CompletableFuture<List<T>> read(Supplier<? extends Statement<?>> statement, Function<Row, T> rowMapper) {
        return reads.submit(() -> Retries.send(requestPatience, () -> session.executeAsync(timed(statement.get()))
                .thenCompose(page -> collect(page, rowMapper, new ArrayList<>()))));
    }

    /** A node that hangs answers nothing: the wait for it must not be longer than whoever asks is willing to wait. */
    private Statement<?> timed(Statement<?> statement) {
        return requestPatience.compareTo(Sessions.REQUEST_TIMEOUT) < 0
                ? statement.setTimeout(requestPatience)
                : statement;
    }

    private static <T> CompletionStage<List<T>> collect(
            AsyncResultSet page, Function<Row, T> rowMapper, List<T> collected) {
        page.currentPage().forEach(row -> collected.add(rowMapper.apply(row)));
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(next -> collect(next, rowMapper, collected))
                : CompletableFuture.completedFuture(collected);
    }
}
