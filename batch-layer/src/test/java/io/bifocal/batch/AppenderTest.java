package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class AppenderTest {
    private static final String TOPIC_ID = "t1";

    private final Definition definition = Shop.definition();
    private final String model = definition.model().name();
    private final StructType event = ArchiveSchema.event(definition.model(), new StructType());
    private final ArchiveTable archive = new ArchiveTable(Local.SPARK, Local.archiveUri(), model);
    private final BooksInMemory books = new BooksInMemory();

    @Test
    void ofTwoArchiversThatFollowTheSameCommitOneAppends() {
        archive.createIfAbsent(event);
        appender("first").append(records(0, 10), to(10), () -> {});
        Appender zombie = appender("zombie");
        Appender successor = appender("successor");

        successor.append(records(10, 20), to(20), () -> {});

        assertThatThrownBy(() -> zombie.append(records(10, 15), to(15), () -> {}))
                .hasMessageContaining("another archiver of " + model);
        successor.append(records(20, 30), to(30), () -> {});
        assertThat(offsets())
                .containsExactlyElementsOf(LongStream.range(0, 30).boxed().toList());
        assertThat(appender("next").positions()).isEqualTo(to(30));
    }

    @Test
    void compactionBetweenAppendsNeitherHidesNorRepeatsPositions() {
        archive.createIfAbsent(event);
        Appender appender = appender("first");
        appender.append(records(0, 10), to(10), () -> {});
        appender.append(records(10, 20), to(20), () -> {});
        Appender zombie = appender("zombie");

        archive.compact(List.of(LocalDate.of(2024, 3, 1)));

        assertThat(appender("next").positions()).isEqualTo(to(20));
        appender("next").append(records(20, 30), to(30), () -> {});
        assertThatThrownBy(() -> zombie.append(records(20, 25), to(25), () -> {}))
                .hasMessageContaining("another archiver");
        assertThat(offsets())
                .containsExactlyElementsOf(LongStream.range(0, 30).boxed().toList());
    }

    private Appender appender(String name) {
        return new Appender(model, name, archive, books, Clock.systemUTC(), archive.archived(), List.of());
    }

    private List<Long> offsets() {
        return Local.SPARK
                .read()
                .format("delta")
                .load(archive.uri())
                .select("offset")
                .orderBy("offset")
                .collectAsList()
                .stream()
                .map(row -> row.getLong(0))
                .toList();
    }

    private static Positions to(long offset) {
        return Positions.of(TOPIC_ID, Map.of(0, offset));
    }

    private Dataset<Row> records(long from, long to) {
        Instant arrival = Instant.parse("2024-03-01T10:00:00Z");
        List<Row> rows = LongStream.range(from, to)
                .mapToObj(offset -> RowFactory.create(
                        TOPIC_ID,
                        "topic",
                        0,
                        offset,
                        arrival,
                        LocalDate.of(2024, 3, 1),
                        null,
                        "not JSON",
                        null,
                        null,
                        null,
                        new byte[] {1},
                        null))
                .toList();
        return Local.SPARK.createDataFrame(rows, ArchiveSchema.table(event));
    }
}
