package io.bifocal.batch;

import io.bifocal.core.model.Model;
import io.bifocal.core.model.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of an archive. The record as it came ({@code payload}, {@code key}, {@code headers}) and where it stood in
 * Kafka are the truth; {@code event} holds the model's columns parsed, for people who read the table, and nothing is ever
 * recomputed from it.
 *
 * <p>The archive outlives definitions, and must not stop because one changed: a new column is a new field of {@code event}.
 * A column whose type changed goes on in a field of its own, {@code <column>__<type>}, beside the old one, which stays null
 * in new records. So no archived value is rewritten, and none is bent into another type.
 */
final class ArchiveSchema {
    static final String TOPIC_ID = "topic_id";
    static final String TOPIC = "topic";
    static final String PARTITION = "partition";
    static final String OFFSET = "offset";
    static final String BROKER_TIME = "broker_time";
    static final String INGEST_DATE = "ingest_date";
    static final String EVENT_TIME = "event_time";
    static final String REASON = "reason";

    /** Under which definition event time and reason were found out: its {@code DefinitionJson.readingMark}. */
    static final String READ_AS = "read_as";

    static final String KEY = "key";
    static final String HEADERS = "headers";
    static final String PAYLOAD = "payload";
    static final String EVENT = "event";

    /** Columns whose statistics let readers skip files. None that quotes a record: statistics outlive its erasure. */
    static final String STATISTICS = String.join(",", TOPIC_ID, PARTITION, OFFSET, BROKER_TIME, EVENT_TIME, READ_AS);

    private static final DataType KAFKA_HEADERS = DataTypes.createArrayType(
            new StructType().add("key", DataTypes.StringType).add("value", DataTypes.BinaryType));

    private ArchiveSchema() {}

    /** The whole table, with these fields for the event. */
    static StructType table(StructType event) {
        return new StructType()
                .add(TOPIC_ID, DataTypes.StringType)
                .add(TOPIC, DataTypes.StringType)
                .add(PARTITION, DataTypes.IntegerType)
                .add(OFFSET, DataTypes.LongType)
                .add(BROKER_TIME, DataTypes.TimestampType)
                .add(INGEST_DATE, DataTypes.DateType)
                .add(EVENT_TIME, DataTypes.TimestampType)
                .add(REASON, DataTypes.StringType)
                .add(READ_AS, DataTypes.StringType)
                .add(KEY, DataTypes.BinaryType)
                .add(HEADERS, KAFKA_HEADERS)
                .add(PAYLOAD, DataTypes.BinaryType)
                .add(EVENT, event);
    }

    /** The event's fields in a table of this schema. */
    static StructType event(StructType table) {
        return (StructType) table.apply(EVENT).dataType();
    }

    /**
     * One field for each column of the model, in its order, named so that they can be appended to what the table has.
     *
     * @param archived the event's fields so far
     */
    static StructType event(Model model, StructType archived) {
        Map<String, DataType> taken = new HashMap<>();
        for (StructField field : archived.fields()) {
            taken.put(lower(field.name()), field.dataType());
        }
        List<StructField> fields = new ArrayList<>();
        List<String> used = new ArrayList<>();
        for (Model.Column column : model.columns()) {
            DataType type = sparkType(column.type());
            String name = nameFor(column, type, taken, used);
            used.add(lower(name));
            fields.add(DataTypes.createStructField(name, type, true));
        }
        return DataTypes.createStructType(fields);
    }

    /** Delta takes names for equal that differ in case only, and refuses some characters. */
    private static String nameFor(Model.Column column, DataType type, Map<String, DataType> taken, List<String> used) {
        String plain = column.name().replaceAll("[ ,;{}()\\n\\t=]", "_");
        String typed = plain + "__"
                + column.type().toString().replaceAll("[^a-z0-9]+", "_").replaceAll("_$", "");
        String name = plain;
        for (int attempt = 1; !free(lower(name), type, taken, used); attempt++) {
            name = attempt == 1 ? typed : typed + "__" + attempt;
        }
        return name;
    }

    private static boolean free(String name, DataType type, Map<String, DataType> taken, List<String> used) {
        return !used.contains(name) && type.equals(taken.getOrDefault(name, type));
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    static DataType sparkType(ValueType type) {
        return switch (type.kind()) {
            case STRING -> DataTypes.StringType;
            case LONG -> DataTypes.LongType;
            case DOUBLE -> DataTypes.DoubleType;
            case DECIMAL -> DataTypes.createDecimalType(type.precision(), type.scale());
            case BOOLEAN -> DataTypes.BooleanType;
            case TIMESTAMP -> DataTypes.TimestampType;
        };
    }
}
