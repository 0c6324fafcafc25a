package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.ledger.LedgerComparison;
import io.bifocal.core.ledger.LedgerFault;
import io.bifocal.core.ledger.LedgerFault.Where;
import io.bifocal.spark.CompiledDefinition;
import io.bifocal.spark.KafkaSource;
import io.bifocal.spark.KafkaTopic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.FileAction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Archives records anew whose data files are gone, while Kafka still holds them. One commit takes the files out of the
 * table's log and puts the records in: nobody reads a record twice. Delta's public API takes no file out of a log without
 * reading it; this is the only place that uses the one beneath.
 */
final class ArchiveRepair {
    private final Lake lake;
    private final CompiledDefinition definition;
    private final Map<String, String> kafka;
    private final Supplier<List<Positions>> erased;

    /**
     * @param definition the one in force
     * @param kafka properties of every Kafka client
     * @param erased up to where each erasure of the model has erased: what Kafka holds there is not what the archive held
     */
    ArchiveRepair(
            Lake lake, CompiledDefinition definition, Map<String, String> kafka, Supplier<List<Positions>> erased) {
        this.lake = lake;
        this.definition = definition;
        this.kafka = kafka;
        this.erased = erased;
    }

    /**
     * Returns how many records were archived again; 0 where no file is gone.
     *
     * @throws io.bifocal.core.error.BifocalException JOB_FAILED where not all of their records can be had; then nothing was
     *     changed
     */
    long run() {
        ArchiveTable archive = lake.archive();
        if (!archive.exists()) {
            return 0;
        }
        Set<String> missing = Set.copyOf(archive.missingFiles());
        if (missing.isEmpty()) {
            return 0;
        }
        Noted<CommitNote> archived = archive.archived();
        DeltaLog log = DeltaLog.forTable(lake.spark(), archive.uri());
        OptimisticTransaction transaction = log.startTransaction(Option.empty(), Option.empty());
        List<AddFile> gone = transaction.snapshot().allFiles().collectAsList().stream()
                .filter(file -> missing.contains(file.toPath().getName()))
                .toList();
        KafkaTopic topic =
                KafkaTopic.read(kafka, definition.definition().model().source().topic());
        List<LedgerFault> ranges = ranges(archived, topic);
        long lost = records(gone);
        long held = ranges.stream().mapToLong(LedgerFault::expected).sum();
        if (held < lost) {
            throw failed(missing, "Kafka holds " + held + " of their " + lost + " records");
        }
        List<Positions> erasures = erased.get();
        if (ranges.stream().anyMatch(range -> isWithin(range, erasures))) {
            throw failed(missing, "Kafka holds their records as they were before an erasure");
        }
        List<FileAction> written = CollectionConverters.asJava(transaction.writeFiles(rows(topic, ranges)));
        if (records(written) != held) {
            throw failed(missing, "Kafka held " + held + " of their records, and gave " + records(written));
        }
        List<Action> actions = new ArrayList<>(written);
        gone.forEach(file -> actions.add(file.removeWithTimestamp(System.currentTimeMillis(), true)));
        transaction.commit(CollectionConverters.asScala(actions).toSeq(), DeltaOperations.ManualUpdate$.MODULE$);
        return held;
    }

    private List<LedgerFault> ranges(Noted<CommitNote> archived, KafkaTopic topic) {
        return LedgerComparison.faults(
                        ArchiveAudit.runs(new Lake(ArchiveAudit.lenient(lake.spark()), lake.archiveUri(), lake.model())
                                .archive()
                                .at(archived.version())),
                        archived.note().positions(),
                        archived.note().lost(),
                        List.of(),
                        new TopicRecords(topic, kafka))
                .stream()
                .filter(fault -> fault.where() == Where.ARCHIVE && fault.found() == 0)
                .toList();
    }

    private static boolean isWithin(LedgerFault range, List<Positions> erasures) {
        return erasures.stream().anyMatch(to -> to.offset(range.topicId(), range.partition()) > range.from());
    }

    private static long records(List<? extends FileAction> files) {
        return files.stream()
                .mapToLong(file -> (Long) file.numLogicalRecords().get())
                .sum();
    }

    /** The records, as the table has rows. */
    private Dataset<Row> rows(KafkaTopic topic, List<LedgerFault> ranges) {
        SortedMap<Integer, Long> from = new TreeMap<>();
        SortedMap<Integer, Long> to = new TreeMap<>();
        Column wanted = functions.lit(false);
        for (LedgerFault range : ranges) {
            from.merge(range.partition(), range.from(), Math::min);
            to.merge(range.partition(), range.to(), Math::max);
            wanted = wanted.or(functions
                    .col(ArchiveSchema.PARTITION)
                    .equalTo(range.partition())
                    .and(functions.col(ArchiveSchema.OFFSET).geq(range.from()))
                    .and(functions.col(ArchiveSchema.OFFSET).lt(range.to())));
        }
        Dataset<Row> records = KafkaSource.range(lake.spark(), topic.name(), from, to, kafka)
                .option("includeHeaders", "true")
                .load()
                .where(wanted);
        StructType archived = ArchiveSchema.event(lake.archive().schema());
        StructType event = ArchiveSchema.event(definition.definition().model(), archived);
        return withEvent(archived, new ArchiveRows(definition, event).of(records, topic.id()));
    }

    /** The rows with the event's fields that the table has, which may be those of earlier definitions too. */
    private static Dataset<Row> withEvent(StructType archived, Dataset<Row> rows) {
        Set<String> has = Set.of(ArchiveSchema.event(rows.schema()).fieldNames());
        Column[] fields = Arrays.stream(archived.fields())
                .map(field -> (has.contains(field.name())
                                ? functions.col(ArchiveSchema.EVENT).getField(field.name())
                                : functions.lit(null).cast(field.dataType()))
                        .as(field.name()))
                .toArray(Column[]::new);
        return rows.withColumn(
                ArchiveSchema.EVENT,
                functions.when(functions.col(ArchiveSchema.EVENT).isNotNull(), functions.struct(fields)));
    }

    private RuntimeException failed(Set<String> missing, String why) {
        String names = missing.stream().sorted().collect(Collectors.joining(", "));
        return Errors.of(
                ErrorCode.JOB_FAILED,
                "Data files of the archive of " + lake.model() + " are gone: " + names + ". " + why + ".",
                "Restore the files from a backup of " + lake.archive().uri()
                        + ". Answers go on; what has to be computed from these records cannot be.");
    }
}
