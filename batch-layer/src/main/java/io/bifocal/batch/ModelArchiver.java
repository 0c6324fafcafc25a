package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.KafkaSource;
import io.bifocal.spark.KafkaTopic;
import io.bifocal.spark.MicroBatchOffsets;
import io.bifocal.spark.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives one model: a streaming query from the archive's own positions on. Spark's checkpoint is scratch, made anew at each
 * start; what the archive's last commit says is where it resumes.
 */
final class ModelArchiver {
    private static final Logger LOG = LoggerFactory.getLogger(ModelArchiver.class);

    private final SparkSession spark;
    private final Settings settings;
    private final ArchiveBooks books;
    private final Clock clock;

    /**
     * @param kafka properties of every Kafka client, with the bootstrap servers
     * @param scratch a directory of this model's archiver alone
     * @param maxRecords in one append
     */
    record Settings(String archiveUri, Map<String, String> kafka, Path scratch, long triggerMillis, long maxRecords) {}

    ModelArchiver(SparkSession spark, Settings settings, ArchiveBooks books, Clock clock) {
        this.spark = spark;
        this.settings = settings;
        this.books = books;
        this.clock = clock;
    }

    /** Starts to archive. The query ends by being stopped, or by a failure; then start again. */
    StreamingQuery start(Definition definition) throws TimeoutException {
        SparkSession session = spark.newSession();
        String model = definition.model().name();
        String archiver = UUID.randomUUID().toString();
        KafkaTopic topic =
                KafkaTopic.read(settings.kafka(), definition.model().source().topic());
        ArchiveTable archive = new ArchiveTable(session, settings.archiveUri(), model);
        archive.createIfAbsent(ArchiveSchema.event(definition.model(), new StructType()));
        Noted<CommitNote> newest = archive.archived();
        Positions reachable = reachable(newest.note().positions(), topic, books.counted(model));
        List<Hole> gone = Hole.between(newest.note().positions(), reachable);
        Appender appender = new Appender(
                model,
                archiver,
                archive,
                books,
                clock,
                newest,
                both(newest.note().lost(), gone));
        appender.catchUp();
        ArchiveRows rows = new ArchiveRows(
                CompiledDefinition.of(definition),
                ArchiveSchema.event(definition.model(), ArchiveSchema.event(archive.schema())));
        if (!gone.isEmpty()) {
            LOG.error("records of {} are gone that were not archived: {}", topic.name(), gone);
            // Noted at once: there may be no next record to note it with, and others wait for the archive to go on.
            appender.append(rows.none(session), reachable, () -> requireSame(topic));
        }
        Path checkpoint = checkpoint(archiver);
        LOG.info("archiving {} from {}", model, appender.positions());
        return KafkaSource.stream(session, topic, appender.positions(), settings.kafka(), settings.maxRecords())
                .option("includeHeaders", "true")
                .load()
                .writeStream()
                .queryName("archive " + model)
                .trigger(Trigger.ProcessingTime(settings.triggerMillis()))
                .option("checkpointLocation", checkpoint.toUri().toString())
                .foreachBatch((batch, number) -> {
                    Positions to = topic.advance(appender.positions(), MicroBatchOffsets.end(checkpoint, number));
                    if (!to.equals(appender.positions())) {
                        appender.append(rows.of(batch, topic.id()), to, () -> requireSame(topic));
                    }
                })
                .start();
    }

    /**
     * From where on records can still be archived. Before it is gone what Kafka's retention has deleted, and what answers
     * count of a former topic of the same name.
     */
    private static Positions reachable(Positions archived, KafkaTopic topic, Positions counted) {
        return topic.overDeleted(archived).max(counted.without(topic.id()));
    }

    private static List<Hole> both(List<Hole> before, List<Hole> now) {
        List<Hole> all = new ArrayList<>(before);
        all.addAll(now);
        return all;
    }

    private void requireSame(KafkaTopic topic) {
        try (Admin admin = Admin.create(Map.copyOf(settings.kafka()))) {
            topic.sameness(admin).run();
        }
    }

    private Path checkpoint(String archiver) {
        try {
            Scratch.delete(settings.scratch());
            return Files.createDirectories(settings.scratch().resolve(archiver));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
