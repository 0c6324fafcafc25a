package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.cassandra.CassandraViewStore;
import io.bifocal.core.benchmark.Benchmarks;
import io.bifocal.core.benchmark.Measured;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Manifest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast questions are answered over HTTP, from a generation and live parts in a real Cassandra; against the driver alone,
 * which reads the rows of the same partitions and throws them away.
 */
class QueryBenchmark {
    private static final int COUNTRIES = 38;
    private static final int HOURS = 24;
    private static final Instant DAY = Instant.parse("2026-01-05T00:00:00Z");
    private static final Duration ROUND = Duration.ofSeconds(Benchmarks.quick() ? 5 : 10);
    private static final int ROUNDS = 3;
    private static final int DASHBOARDS_PER_SECOND = 20;
    private static final int POINTS_PER_SECOND = 100;
    private static final int UNDER_WAY = 8;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final String PEER = "the driver reading the same partitions, unmerged";

    private static final String YAML =
            """
            version: 1
            model: sales
            source: {topic: sales, format: json}
            time: {column: at}
            columns:
              at: timestamp
              user: string
              country: string
              amount: "decimal(12,2)"
            dimensions:
              - {name: country, expr: country}
            metrics:
              - {name: orders, type: simple, agg: count}
              - {name: revenue, type: simple, agg: sum, expr: amount}
              - {name: buyers, type: simple, agg: approx_count_distinct, expr: user}
            rollups:
              - {name: by_country, granularity: hour, dimensions: [country]}
            """;

    private static final String DASHBOARD =
            "{\"model\":\"sales\",\"metrics\":[\"orders\",\"revenue\",\"buyers\"],\"dimensions\":[\"country\"],"
                    + "\"time\":{\"from\":\"2026-01-05T00:00:00Z\",\"to\":\"2026-01-06T00:00:00Z\","
                    + "\"granularity\":\"hour\"}}";
    private static final String POINT =
            "{\"model\":\"sales\",\"metrics\":[\"orders\",\"revenue\",\"buyers\"],\"dimensions\":[\"country\"],"
                    + "\"filters\":[{\"dimension\":\"country\",\"operator\":\"equals\",\"values\":[\"C7\"]}],"
                    + "\"time\":{\"from\":\"2026-01-05T12:00:00Z\",\"to\":\"2026-01-05T13:00:00Z\","
                    + "\"granularity\":\"hour\"}}";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private static Platform platform;
    private static CassandraConnection cassandra;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        platform = new Platform(directory);
        Files.writeString(platform.models().resolve("sales.yml"), YAML);
        platform.start();
        ingest("before", 60_000);
        platform.run("recompute", "sales", "--wait", "--url", platform.url());
        ingest("after", 10_000);
        Map<String, String> settings = new HashMap<>();
        platform.settings().forEach((name, value) -> settings.put(name.toString(), value.toString()));
        cassandra = CassandraConnection.open(Config.of(settings, Map.of()));
    }

    @AfterAll
    static void stop() {
        if (cassandra != null) {
            cassandra.close();
        }
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    void dashboardAndPoint() throws Exception {
        JsonNode answer = platform.query(DASHBOARD);
        assertThat(answer.get("data")).hasSize(COUNTRIES * HOURS);
        assertThat(answer.get("data"))
                .allSatisfy(row -> assertThat(row.get("status").asText()).isEqualTo("mixed"));
        assertThat(platform.query(POINT).get("data")).hasSize(1);

        Supplier<CompletionStage<?>> dashboard = () -> ask(DASHBOARD);
        Supplier<CompletionStage<?>> point = () -> ask(POINT);
        long noon = DAY.plus(Duration.ofHours(12)).getEpochSecond();
        Supplier<CompletionStage<?>> day =
                partitions(DAY.getEpochSecond(), DAY.plus(Duration.ofDays(1)).getEpochSecond());
        Supplier<CompletionStage<?>> hour = partitions(noon, noon + 3600);
        warmUp(dashboard);
        warmUp(day);

        compare(4, "dashboard", DASHBOARDS_PER_SECOND, dashboard, day, 2.0);
        List<Double> ours = new ArrayList<>();
        List<Double> peer = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            ours.add(OpenLoop.most(UNDER_WAY, ROUND, dashboard));
            peer.add(OpenLoop.most(UNDER_WAY, ROUND, day));
        }
        new Benchmarks.Row(4, "dashboard, most answers", PEER, "answers/s", Benchmarks.Aim.AT_LEAST, 0.6)
                .tell(Measured.of(ours), Measured.of(peer));
        if (!Benchmarks.quick()) {
            compare(5, "point", POINTS_PER_SECOND, point, hour, 1.5);
        }
    }

    private static void warmUp(Supplier<CompletionStage<?>> work) throws InterruptedException {
        double unused = OpenLoop.most(UNDER_WAY / 2, ROUND.multipliedBy(2), work);
    }

    private static void compare(
            int id,
            String name,
            int perSecond,
            Supplier<CompletionStage<?>> question,
            Supplier<CompletionStage<?>> reads,
            double bound)
            throws InterruptedException {
        List<Double> oursHalf = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        List<Double> peerHalf = new ArrayList<>();
        List<Double> peer = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Histogram asked = OpenLoop.at(perSecond, ROUND, question);
            oursHalf.add(asked.getValueAtPercentile(50) / MICROS_PER_MILLI);
            ours.add(asked.getValueAtPercentile(99) / MICROS_PER_MILLI);
            Histogram read = OpenLoop.at(perSecond, ROUND, reads);
            peerHalf.add(read.getValueAtPercentile(50) / MICROS_PER_MILLI);
            peer.add(read.getValueAtPercentile(99) / MICROS_PER_MILLI);
        }
        String load = " at " + perSecond + " a second";
        new Benchmarks.Row(id, name + " p50" + load, PEER, "ms", Benchmarks.Aim.AT_MOST, bound)
                .tell(Measured.of(oursHalf), Measured.of(peerHalf));
        new Benchmarks.Row(id, name + " p99" + load, PEER, "ms", Benchmarks.Aim.AT_MOST, bound)
                .tell(Measured.of(ours), Measured.of(peer));
    }

    private static CompletionStage<?> ask(String question) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(platform.url() + "/api/v1/query"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question))
                .build();
        return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()).thenAccept(response -> {
            if (response.statusCode() != 200) {
                throw new IllegalStateException("status " + response.statusCode());
            }
        });
    }

    /** Reads the rows of all parts that lie between two times, page after page. */
    private static Supplier<CompletionStage<?>> partitions(long from, long to) {
        CqlSession session = cassandra.session();
        Manifest manifest = new CassandraManifestStore(cassandra).read("sales").orElseThrow();
        List<String> parts = new ArrayList<>(List.of(manifest.generation().part()));
        manifest.chain().forEach(part -> parts.add(part.id()));
        PreparedStatement select =
                session.prepare("SELECT shard, bucket, key, batch_number, writer, states FROM view_rows"
                        + " WHERE model = 'sales' AND part = ? AND view_name = 'by_country' AND day = ? AND shard = 0"
                        + " AND bucket >= ? AND bucket < ?");
        int day = Math.toIntExact(DAY.getEpochSecond() / Duration.ofDays(1).toSeconds());
        CassandraViewStore views = new CassandraViewStore(cassandra);
        List<BoundStatement> reads = new ArrayList<>();
        for (String part : parts) {
            views.index("sales", part).toCompletableFuture().join().stream()
                    .filter(line -> line.view().equals("by_country") && line.day() == day)
                    .forEach(line -> reads.add(select.bind(line.source(), day, from, to)));
        }
        assertThat(reads).hasSizeGreaterThan(1);
        return () -> CompletableFuture.allOf(reads.stream()
                .map(read -> session.executeAsync(read)
                        .thenCompose(QueryBenchmark::rest)
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    private static CompletionStage<AsyncResultSet> rest(AsyncResultSet page) {
        page.currentPage().forEach(row -> {});
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(QueryBenchmark::rest)
                : CompletableFuture.completedFuture(page);
    }

    private static void ingest(String name, int events) throws IOException {
        Random random = new Random(events);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            lines.add("{\"at\":\"%s\",\"user\":\"u%d\",\"country\":\"C%d\",\"amount\":\"%d.%02d\"}"
                    .formatted(
                            DAY.plusSeconds(random.nextInt(HOURS * 3600)),
                            random.nextInt(5_000),
                            i % COUNTRIES,
                            random.nextInt(500),
                            random.nextInt(100)));
        }
        Path file = GeneratedData.write(directory.resolve(name + ".ndjson"), lines);
        platform.run("ingest", "sales", file.toString(), "--wait", "--url", platform.url());
    }
}
