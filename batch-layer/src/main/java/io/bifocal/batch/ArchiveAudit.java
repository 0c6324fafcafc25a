package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.ledger.LedgerComparison;
import io.bifocal.core.ledger.LedgerComparison.KafkaRecords;
import io.bifocal.core.ledger.LedgerComparison.Run;
import io.bifocal.core.ledger.LedgerReader;
import io.bifocal.core.model.Definition;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore;
import java.time.Clock;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;

/**
 * Reads what an archive really holds, record by record, and holds it against Kafka and against what views count. What was
 * counted when records were appended cannot tell that a file is gone since.
 */
final class ArchiveAudit {
    private final SparkSession spark;
    private final String archiveUri;
    private final KafkaRecords kafka;
    private final ViewStore views;
    private final Clock clock;

    ArchiveAudit(SparkSession spark, String archiveUri, KafkaRecords kafka, ViewStore views, Clock clock) {
        this.spark = lenient(spark);
        this.archiveUri = archiveUri;
        this.kafka = kafka;
        this.views = views;
        this.clock = clock;
    }

    /** @param manifest as it was before the archive is read: what it counts is judged where the archive has got there */
    LedgerAudit audit(Definition definition, Manifest manifest) {
        ArchiveTable archive = new Lake(spark, archiveUri, manifest.model()).archive();
        Noted<CommitNote> newest = archive.archived();
        if (newest.equals(Appender.NOTHING)) {
            return new LedgerAudit(clock.instant(), newest.version(), manifest.version(), List.of(), List.of());
        }
        List<LedgerComparison.Covered> counted =
                new LedgerReader(views).readParts(manifest, View.of(definition, View.LEDGER));
        Dataset<Row> records = archive.at(newest.version());
        return new LedgerAudit(
                clock.instant(),
                newest.version(),
                manifest.version(),
                archive.missingFiles(),
                LedgerComparison.faults(
                        runs(records), newest.note().positions(), newest.note().lost(), counted, kafka));
    }

    /** A session that reads what is left where data files are gone. */
    static SparkSession lenient(SparkSession spark) {
        SparkSession lenient = spark.newSession();
        lenient.conf().set("spark.sql.files.ignoreMissingFiles", "true");
        return lenient;
    }

    /** Which offsets the records of an archive have. */
    static List<Run> runs(Dataset<Row> records) {
        WindowSpec byOffset = Window.partitionBy(ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION)
                .orderBy(ArchiveSchema.OFFSET);
        return records
                .select(ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, ArchiveSchema.OFFSET)
                .withColumn(
                        "run",
                        functions
                                .col(ArchiveSchema.OFFSET)
                                .minus(functions.dense_rank().over(byOffset)))
                .groupBy(ArchiveSchema.TOPIC_ID, ArchiveSchema.PARTITION, "run")
                .agg(
                        functions.min(ArchiveSchema.OFFSET),
                        functions.max(ArchiveSchema.OFFSET).plus(1),
                        functions.count(functions.lit(1)))
                .collectAsList()
                .stream()
                .map(row -> new Run(row.getString(0), row.getInt(1), row.getLong(3), row.getLong(4), row.getLong(5)))
                .toList();
    }
}
