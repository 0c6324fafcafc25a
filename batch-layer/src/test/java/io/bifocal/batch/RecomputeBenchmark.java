package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.CassandraManifestStore;
import io.bifocal.core.benchmark.Benchmarks;
import io.bifocal.core.benchmark.Measured;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.oracle.Oracle.Group;
import io.bifocal.core.oracle.StoredAnswer;
import io.bifocal.core.view.View;
import io.bifocal.infra.local.LocalCassandra;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.ExpressionAnalyzer;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast an archive is recomputed into exact views in a real Cassandra and gold tables; against DuckDB, which aggregates the
 * same files into tables of Parquet; and what a night costs in which one day of the history was touched.
 */
class RecomputeBenchmark {
    private static final int DAYS = 100;
    private static final int EVENTS_PER_DAY = Benchmarks.quick() ? 5_000 : 10_000;
    private static final int PARTITIONS = 2;
    private static final int ROUNDS = Benchmarks.quick() ? 2 : 3;
    private static final String TOPIC_ID = "topic-1";
    private static final LocalDate FIRST_DAY = LocalDate.parse("2025-01-01");

    private static final String YAML =
            """
            version: 1
            model: %1$s
            source: {topic: %1$s, format: json}
            time: {column: at}
            columns:
              at: timestamp
              action: string
              user: string
              country: string
              device: string
              price: "decimal(12,2)"
              quantity: long
            dimensions:
              - {name: country, expr: country}
              - {name: device, expr: device}
            metrics:
              - {name: events, type: simple, agg: count}
              - {name: revenue, type: simple, agg: sum, expr: "price * quantity", filter: "action = 'order'"}
              - {name: dearest, type: simple, agg: max, expr: price}
              - {name: visitors, type: simple, agg: count_distinct, expr: user}
            rollups:
              - {name: by_country, granularity: hour, dimensions: [country]}
              - {name: by_device, granularity: day, dimensions: [device]}
            """;

    @TempDir
    static Path directory;

    /** A model's archive of so many days, and the views of it. */
    private static final class History {
        private final Config config;
        private final Lake lake;
        private final CompiledDefinition compiled;
        private final ManifestEditor editor;
        private final Appender appender;
        private final ArchiveRows rows;
        private long records;

        History(int days) {
            config = Config.of(
                    Map.of(
                            "cassandra.contact-points", LocalCassandra.contactPoint(),
                            "spark.master", "local[*]",
                            "home", directory.toString()),
                    Map.of());
            SparkSession spark = Sessions.start(config, "benchmark");
            String name = "shop_" + UUID.randomUUID().toString().substring(0, 8);
            ExpressionAnalyzer.Result analysed = ExpressionAnalyzer.analyse("shop.yml", YAML.formatted(name));
            compiled = CompiledDefinition.of(analysed.definition()
                    .orElseThrow(() -> new AssertionError(analysed.faults().toString())));
            lake = new Lake(spark, directory.resolve("lake").toUri().toString(), name);
            editor = new ManifestEditor(
                    new CassandraManifestStore(CassandraConnection.shared(config)), Clock.systemUTC());
            StructType event = ArchiveSchema.event(definition().model(), new StructType());
            lake.archive().createIfAbsent(event);
            rows = new ArchiveRows(compiled, event);
            appender = new Appender(
                    name,
                    UUID.randomUUID().toString(),
                    lake.archive(),
                    new BooksInMemory(),
                    Clock.systemUTC(),
                    lake.archive().archived(),
                    List.of());
            // As an archiver would have: some days at a time.
            for (int day = 0; day < days; day += 10) {
                append(day, 10, 10 * EVENTS_PER_DAY);
            }
        }

        Definition definition() {
            return compiled.definition();
        }

        /** Archives events whose times spread over some days. */
        final void append(int firstDay, int days, int count) {
            long before = records;
            records += count;
            Dataset<Row> ids = lake.spark().range(before, records).toDF("id");
            Dataset<Row> events = ids.withColumn(
                            "time",
                            functions.expr("timestamp_seconds(%d + (id - %d) * %d div %d)"
                                    .formatted(
                                            FIRST_DAY
                                                    .plusDays(firstDay)
                                                    .atStartOfDay(ZoneOffset.UTC)
                                                    .toEpochSecond(),
                                            before,
                                            days * 86_400L,
                                            count)))
                    .withColumn("random", functions.expr("abs(xxhash64(id))"))
                    .select(
                            functions.expr("cast(null as binary) AS key"),
                            functions.expr("cast(to_json(named_struct("
                                    + "'at', date_format(time, \"yyyy-MM-dd'T'HH:mm:ss'Z'\"),"
                                    + "'action', if(random % 10 = 0, 'order', 'view'),"
                                    + "'user', concat('u', random % 20011),"
                                    + "'country', concat('C', random % 38),"
                                    + "'device', element_at(array('phone', 'laptop', 'tablet'),"
                                    + " cast(random % 3 + 1 as int)),"
                                    + "'price', cast(random % 20000 / 100 as decimal(12,2)),"
                                    + "'quantity', random % 3 + 1)) as binary) AS value"),
                            functions.expr("'shop' AS topic"),
                            functions.expr("cast(id % " + PARTITIONS + " as int) AS partition"),
                            functions.expr("id div " + PARTITIONS + " AS offset"),
                            functions.expr("time AS timestamp"),
                            functions.expr("cast(null as array<struct<key: string, value: binary>>) AS headers"));
            appender.append(rows.of(events, TOPIC_ID), positions(), () -> {});
        }

        private Positions positions() {
            return Positions.of(TOPIC_ID, Map.of(0, (records + 1) / 2, 1, records / 2));
        }

        /** Recomputes, and returns the seconds that took. */
        double recompute(Extent extent) {
            // Whatever the speed job had not counted yet.
            if (!editor.readOrCreate(lake.model(), context().hash()).end().covers(positions())) {
                boolean counted = context()
                        .bridges()
                        .append(
                                editor.read(lake.model()),
                                positions(),
                                lake.archive().archived());
                assertThat(counted).isTrue();
            }
            long begun = System.nanoTime();
            GenerationJob.Published published = new GenerationJob(context(), restating()).run(positions(), extent);
            double seconds = seconds(begun);
            assertThat(published.generation().records()).isEqualTo(records);
            assertThat(published.restated().unexplained()).isZero();
            return seconds;
        }

        private JobContext context() {
            JobContext.Settings settings = new JobContext.Settings(
                    UUID.randomUUID().toString(), Duration.ofMinutes(2), 1, false, Duration.ofMinutes(1));
            return new JobContext(
                    lake, compiled, editor, new CassandraViews(config), Optional::empty, settings, new Silent());
        }

        private Restating restating() {
            return new Restating(
                    lake,
                    editor,
                    new CassandraViews(config),
                    new RestatementsInMemory(),
                    Duration.ofMinutes(2),
                    Clock.systemUTC());
        }

        Map<Group, List<StoredAnswer.Value>> answer(View view) {
            return StoredAnswer.of(new CassandraViews(config).open(), editor.read(lake.model()), view);
        }
    }

    private static final class Silent implements Monitor {
        @Override
        public void report(double progress, String message) {}

        @Override
        public void passPointOfNoReturn() {}

        @Override
        public void pause(Duration some) {
            throw new IllegalStateException("there is nothing to wait for");
        }
    }

    @Test
    void fullRecomputeAndNights() throws SQLException {
        History history = new History(DAYS);
        history.recompute(Extent.ALL_DAYS); // warms up
        List<Double> full = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            full.add(history.recompute(Extent.ALL_DAYS));
            rates.add(history.records / full.get(round));
        }
        List<Double> duckDb = duckDb(history);
        List<Double> nights = nights(history);

        new Benchmarks.Row(
                        6,
                        "full recompute, %,d events of %d days".formatted((long) DAYS * EVENTS_PER_DAY, DAYS),
                        "DuckDB on the same files, the same aggregates",
                        "events/s",
                        Benchmarks.Aim.AT_LEAST,
                        0.25)
                .tell(Measured.of(rates), Measured.of(duckDb));
        new Benchmarks.Row(7, "night with 1 % of the days touched", "full recompute", "s", Benchmarks.Aim.AT_MOST, 0.1)
                .tell(Measured.of(nights), Measured.of(full));
        if (!Benchmarks.quick()) {
            History tenfold = new History(DAYS * 10);
            tenfold.recompute(Extent.ALL_DAYS);
            new Benchmarks.Row(
                            7,
                            "the same night over ten times the history",
                            "over one time",
                            "s",
                            Benchmarks.Aim.AT_MOST,
                            1.2)
                    .tell(Measured.of(nights(tenfold)), Measured.of(nights));
        }
    }

    /** Each with a day's worth of new events, all of one day. */
    private static List<Double> nights(History history) {
        List<Double> nights = new ArrayList<>();
        for (int round = 0; round <= ROUNDS; round++) {
            history.append(DAYS / 2 + round, 1, EVENTS_PER_DAY);
            double seconds = history.recompute(Extent.TOUCHED_DAYS);
            if (round > 0) {
                nights.add(seconds);
            }
        }
        return nights;
    }

    /** Events a second, with as many threads as there are processors, once its answer is known to be ours. */
    private static List<Double> duckDb(History history) throws SQLException {
        String files = Arrays.stream(history.lake.archive().newest().inputFiles())
                .map(file -> "'" + Path.of(URI.create(file)) + "'")
                .collect(Collectors.joining(", ", "[", "]"));
        String aggregates = "count(*), sum(event.price * event.quantity) FILTER (WHERE event.action = 'order'),"
                + " max(event.price), count(DISTINCT event.user)"
                + " FROM read_parquet(" + files + ") WHERE reason IS NULL GROUP BY ALL";
        String byCountry = "SELECT epoch(date_trunc('hour', event_time))::BIGINT, event.country, " + aggregates;
        String byDevice = "SELECT epoch(date_trunc('day', event_time))::BIGINT, event.device, " + aggregates;
        List<Double> rates = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            statement.execute("SET threads = " + Runtime.getRuntime().availableProcessors());
            for (int round = 0; round <= ROUNDS; round++) {
                long begun = System.nanoTime();
                statement.execute("COPY (" + byCountry + ") TO '" + directory.resolve("by_country.parquet") + "'");
                statement.execute("COPY (" + byDevice + ") TO '" + directory.resolve("by_device.parquet") + "'");
                if (round > 0) {
                    rates.add(history.records / seconds(begun));
                }
            }
            assertSame(history.answer(View.rollups(history.definition()).get(1)), statement);
        }
        return rates;
    }

    private static void assertSame(Map<Group, List<StoredAnswer.Value>> ours, Statement statement) throws SQLException {
        int groups = 0;
        try (ResultSet theirs =
                statement.executeQuery("SELECT * FROM '" + directory.resolve("by_device.parquet") + "'")) {
            while (theirs.next()) {
                groups++;
                Group group = new Group(theirs.getLong(1), List.of(theirs.getString(2)));
                List<Object> values = Optional.ofNullable(ours.get(group)).orElse(List.of()).stream()
                        .map(StoredAnswer.Value::result)
                        .toList();
                assertThat(values).as("%s", group).hasSize(4);
                assertThat(values.get(0)).isEqualTo(theirs.getLong(3));
                assertThat((BigDecimal) values.get(1)).isEqualByComparingTo(theirs.getBigDecimal(4));
                assertThat((BigDecimal) values.get(2)).isEqualByComparingTo(theirs.getBigDecimal(5));
                assertThat(values.get(3)).isEqualTo(theirs.getLong(6));
            }
        }
        assertThat(groups).isEqualTo(ours.size());
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }
}
