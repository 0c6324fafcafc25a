package io.bifocal.reconciliation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Drift;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import io.delta.tables.DeltaTable;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/** What a comparison found, kept on Spark's disks until closed: it is found before a publication and told after. */
public final class Findings implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final int TOLD_AT_ONCE = 1_000;

    private final Dataset<Row> found;
    private final List<Drift> drift;
    private final Map<String, Long> causes = new TreeMap<>();
    private final long moved;
    private final boolean perhapsTold;

    Findings(Dataset<Row> findings) {
        this(findings, false);
    }

    private Findings(Dataset<Row> findings, boolean perhapsTold) {
        this.perhapsTold = perhapsTold;
        this.found = findings.persist(StorageLevel.DISK_ONLY());
        Map<String, Drift> merged = new TreeMap<>();
        long moves = 0;
        for (Row row : found.groupBy(functions.col("figures"), functions.col("causes.cause"))
                .count()
                .collectAsList()) {
            if (row.isNullAt(0)) {
                moves += row.getLong(2);
                row.<String>getList(1).forEach(cause -> causes.merge(cause, row.getLong(2), Long::sum));
            } else {
                Drift one = drift(row.getString(0));
                // Two tasks may have found the very same.
                for (long task = 0; task < row.getLong(2); task++) {
                    merged.merge(one.rollup() + "/" + one.metric(), one, Drift::plus);
                }
            }
        }
        this.moved = moves;
        this.drift = List.copyOf(merged.values());
    }

    /** Writes all of it where {@link #saved} reads it. */
    public void save(String uri) {
        found.coalesce(1).write().mode("overwrite").parquet(uri);
    }

    /** What was {@link #save saved} by a process that has died since, perhaps while it told. */
    public static Findings saved(SparkSession spark, String uri) {
        return new Findings(spark.read().parquet(uri), true);
    }

    /**
     * The summary, once it is published.
     *
     * @param id see {@link Reconciliation}, as the others
     */
    public Reconciliation summary(String id, Instant at, long generation, String occasion) {
        return new Reconciliation(id, at, generation, occasion, moved, causes, drift, Optional.empty());
    }

    /**
     * Hands over the numbers that moved, some at a time.
     *
     * @param most after which the rest is left to the Delta table
     */
    public void tell(Reconciliation publication, int most, Consumer<List<Restatement>> listener) {
        Iterator<Row> rows = moves().limit(most).toLocalIterator();
        List<Restatement> some = new ArrayList<>(TOLD_AT_ONCE);
        while (rows.hasNext()) {
            some.add(restatement(rows.next(), publication));
            if (some.size() == TOLD_AT_ONCE || !rows.hasNext()) {
                listener.accept(List.copyOf(some));
                some.clear();
            }
        }
    }

    /** Appends all of them to a Delta table, unless they are in it. */
    public void appendTo(String uri, Reconciliation publication) {
        if (moved == 0 || (perhapsTold && holds(uri, publication))) {
            return;
        }
        Column[] columns = {
            functions.lit(publication.at()).as("at"),
            functions.lit(publication.generation()).as("generation"),
            functions.lit(publication.occasion()).as("occasion"),
            functions.col("rollup"),
            functions.col("metric"),
            functions.col("bucket"),
            functions.col("dimensions"),
            functions.col("before"),
            functions.col("after"),
            functions.col("causes"),
            functions.col("drift")
        };
        moves().select(columns)
                .coalesce(1)
                .write()
                .format("delta")
                // Statistics of quoted values would stay in the table's log when they are erased.
                .option("delta.dataSkippingStatsColumns", "at,generation")
                .mode("append")
                .save(uri);
    }

    private boolean holds(String uri, Reconciliation publication) {
        SparkSession spark = found.sparkSession();
        return DeltaTable.isDeltaTable(spark, uri)
                && !spark.read()
                        .format("delta")
                        .load(uri)
                        .where(functions.col("at").equalTo(functions.lit(publication.at())))
                        .where(functions.col("generation").equalTo(publication.generation()))
                        .where(functions.col("occasion").equalTo(publication.occasion()))
                        .isEmpty();
    }

    @Override
    public void close() {
        found.unpersist();
    }

    private Dataset<Row> moves() {
        return found.where(functions.col("figures").isNull());
    }

    private static Restatement restatement(Row row, Reconciliation publication) {
        List<Row> causes = row.getList(6);
        return new Restatement(
                publication.at(),
                publication.generation(),
                row.getString(0),
                row.getString(1),
                row.getInstant(2),
                Restatement.node(row.getString(3)),
                Restatement.node(row.getString(4)),
                Restatement.node(row.getString(5)),
                causes.stream().map(Findings::contribution).toList());
    }

    private static Contribution contribution(Row cause) {
        return new Contribution(
                Cause.parse(cause.getString(0)).orElseThrow(),
                cause.isNullAt(1) ? null : new BigDecimal(cause.getString(1)));
    }

    private static Drift drift(String json) {
        try {
            return JSON.readValue(json, Drift.class);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
