package io.bifocal.speed;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.core.benchmark.Benchmarks;
import io.bifocal.core.benchmark.Measured;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.oracle.StoredAnswer;
import io.bifocal.core.view.View;
import io.bifocal.infra.local.LocalCassandra;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.junit.jupiter.api.Test;

/**
 * How fast a backlog is counted: a real Kafka, the speed job's micro-batches, a real Cassandra; against the same micro-batches
 * into a store that keeps nothing. Timed from the end of the first micro-batch, so that the start of Spark does not count.
 */
class LivePathBenchmark {
    private static final long SEED = 8;
    private static final int RECORDS = Benchmarks.quick() ? 600_000 : 1_200_000;
    private static final int ROUNDS = Benchmarks.quick() ? 2 : 3;
    private static final int PUBLISHED_AT_ONCE = 10_000;
    private static final Benchmarks.Aim AT_LEAST = Benchmarks.Aim.AT_LEAST;
    private static final double BOUND = 0.7;

    private static final String SHOP =
            """
            version: 1
            model: %1$s
            source: {topic: %2$s, format: json}
            time: {column: at}
            columns:
              at: string
              action: string
              user: {type: string, path: user.id}
              country: {type: string, path: user.country}
              device: {type: string, path: user.device}
              category: {type: string, path: product.category}
              price: {type: "decimal(12,2)", path: product.price}
              quantity: long
            dimensions:
              - {name: country, expr: country}
              - {name: device, expr: device}
              - {name: category, expr: category}
            metrics:
              - {name: events, type: simple, agg: count}
              - {name: orders, type: simple, agg: count, filter: "action = 'order'"}
              - {name: revenue, type: simple, agg: sum, expr: "price * quantity", filter: "action = 'order'"}
              - {name: visitors, type: simple, agg: count_distinct, expr: user}
            rollups:
              - {name: by_country, granularity: minute, dimensions: [country, device]}
              - {name: by_category, granularity: hour, dimensions: [category, country]}
            """;

    private static final String BIDS =
            """
            version: 1
            model: %1$s
            source: {topic: %2$s, format: json}
            time: {column: dateTime}
            columns:
              dateTime: string
              auction: long
              bidder: long
              price: long
              channel: string
            dimensions:
              - {name: auction, expr: auction}
              - {name: channel, expr: channel}
            metrics:
              - {name: bids, type: simple, agg: count}
              - {name: highest, type: simple, agg: max, expr: price}
              - {name: average_price, type: simple, agg: average, expr: price}
              - {name: bidders, type: simple, agg: approx_count_distinct, expr: bidder}
            rollups:
              - {name: by_channel, granularity: minute, dimensions: [channel]}
              - {name: by_auction, granularity: hour, dimensions: [auction]}
            """;

    @Test
    void webShop() throws Exception {
        measure("live path, web shop", SHOP, LivePathBenchmark::shopEvent);
    }

    @Test
    void nexmarksBids() throws Exception {
        if (!Benchmarks.quick()) {
            measure("live path, Nexmark's bids", BIDS, LivePathBenchmark::bid);
        }
    }

    private static void measure(String name, String yaml, Function<Random, String> event) throws Exception {
        Random random = new Random(SEED);
        CassandraConnection cassandra = CassandraConnection.shared(cassandra());
        List<Double> ours = new ArrayList<>();
        List<Double> peer = new ArrayList<>();
        try (TestTopic topic = new TestTopic()) {
            for (int published = 0; published < RECORDS; published += PUBLISHED_AT_ONCE) {
                List<String> events = new ArrayList<>();
                for (int i = 0; i < PUBLISHED_AT_ONCE; i++) {
                    events.add(event.apply(random));
                }
                topic.publish(events);
            }
            // The first round warms up.
            for (int round = 0; round <= ROUNDS; round++) {
                Definition counted = definition(yaml, topic);
                CassandraManifestStore manifests = new CassandraManifestStore(cassandra);
                CassandraViews views = new CassandraViews(cassandra());
                double full = recordsPerSecond(topic, counted, new LivePath.Stores(manifests, views));
                Manifest manifest = manifests.read(counted.model().name()).orElseThrow();
                assertThat(manifest.end().minus(Positions.NONE)).isEqualTo(RECORDS);
                if (round == 0) {
                    View coarse = View.rollups(counted).get(1);
                    assertThat(StoredAnswer.of(views.store(), manifest, coarse).values().stream()
                                    .mapToLong(values -> (Long) values.get(0).result())
                                    .sum())
                            .isEqualTo(RECORDS);
                }
                double noOp = recordsPerSecond(
                        topic,
                        definition(yaml, topic),
                        new LivePath.Stores(new InMemoryManifestStore(), new Nowhere()));
                if (round > 0) {
                    int cores = Runtime.getRuntime().availableProcessors();
                    ours.add(full / cores);
                    peer.add(noOp / cores);
                }
            }
        }
        new Benchmarks.Row(1, name, "the same plan into a no-op sink", "events/s/core", AT_LEAST, BOUND)
                .tell(Measured.of(ours), Measured.of(peer));
    }

    private static double recordsPerSecond(TestTopic topic, Definition definition, LivePath.Stores stores)
            throws Exception {
        Path checkpoint = Files.createTempDirectory(TestSpark.settings(1).scratch(), "benchmark");
        Coverage covered = new Coverage();
        StreamingQuery query = LivePath.start(
                LivePath.read(TestSpark.session(), topic), topic, definition, checkpoint, stores, covered);
        try {
            long first = covered.awaitMore(0);
            long start = System.nanoTime();
            covered.awaitMore(RECORDS - 1);
            return (RECORDS - first) * 1e9 / (System.nanoTime() - start);
        } finally {
            query.stop();
        }
    }

    /** A model of its own, so that it is counted from the beginning; over the topic. */
    private static Definition definition(String yaml, TestTopic topic) {
        String model = "m" + UUID.randomUUID().toString().replace("-", "");
        return TestShop.analysed(yaml.formatted(model, topic.name()));
    }

    private static Config cassandra() {
        return Config.of(Map.of("cassandra.contact-points", LocalCassandra.contactPoint()), Map.of());
    }

    private static String shopEvent(Random random) {
        return ("{\"event_id\":\"%016x\",\"at\":\"2026-01-01T%02d:%02d:%02dZ\",\"action\":\"%s\",\"quantity\":%d,"
                        + "\"user\":{\"id\":\"u%d\",\"country\":\"C%d\",\"device\":\"%s\"},"
                        + "\"product\":{\"name\":\"p%d\",\"category\":\"c%d\",\"price\":%d.%02d}}")
                .formatted(
                        random.nextLong(),
                        random.nextInt(2),
                        random.nextInt(60),
                        random.nextInt(60),
                        random.nextInt(10) == 0 ? "order" : "view",
                        1 + random.nextInt(3),
                        random.nextInt(20_000),
                        random.nextInt(38),
                        random.nextBoolean() ? "phone" : "laptop",
                        random.nextInt(500),
                        random.nextInt(12),
                        random.nextInt(200),
                        random.nextInt(100));
    }

    /** As Nexmark's generator shapes it. */
    private static String bid(Random random) {
        return ("{\"auction\":%d,\"bidder\":%d,\"price\":%d,\"channel\":\"channel-%d\","
                        + "\"url\":\"https://www.nexmark.com/item.htm?query=1&channel_id=%d\","
                        + "\"dateTime\":\"2026-01-01T%02d:%02d:%02dZ\",\"extra\":\"%032x\"}")
                .formatted(
                        1000 + random.nextInt(2_000),
                        1000 + random.nextInt(10_000),
                        100 + random.nextInt(1_000_000),
                        random.nextInt(10),
                        random.nextInt(1 << 30),
                        random.nextInt(2),
                        random.nextInt(60),
                        random.nextInt(60),
                        random.nextLong());
    }
}
