package io.bifocal.serving.query;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.model.ValueType;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes answers as an Arrow IPC stream: the columns with their units, {@code status}, and {@code estimates} as JSON text,
 * null where nothing is estimated. What JSON has in {@code meta} is in the schema's metadata, under {@code bifocal.meta}.
 * Decimals stay decimals, of 256 bits where 128 do not hold them, and so do longs that 64 bits do not hold.
 */
final class AnswerArrow implements AnswerWriter {
    private static final String META = "bifocal.meta";
    private static final int DIGITS_OF_128_BITS = 38;
    private static final int DIGITS_OF_256_BITS = 76;
    /** Of one batch of rows, so that an answer with monstrous texts fails alone. */
    private static final long MOST_BYTES = 256L << 20;

    private final Answer answer;
    private final BufferAllocator allocator;
    private final VectorSchemaRoot vectors;
    private final ArrowStreamWriter writer;

    AnswerArrow(Answer answer, OutputStream out) {
        this.answer = answer;
        Schema schema = schema(answer);
        this.allocator = new RootAllocator(MOST_BYTES);
        this.vectors = VectorSchemaRoot.create(schema, allocator);
        this.writer = new ArrowStreamWriter(vectors, null, Channels.newChannel(out));
    }

    @Override
    public void begin() throws IOException {
        writer.start();
    }

    @Override
    public void rows(List<Row> rows) throws IOException {
        vectors.allocateNew();
        int columns = answer.columns().size();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            for (int column = 0; column < columns; column++) {
                set(vectors.getVector(column), i, row.values().get(column));
            }
            set(vectors.getVector(columns), i, row.status().text());
            set(vectors.getVector(columns + 1), i, row.estimates().isEmpty() ? null : AnswerJson.estimatesText(row));
        }
        vectors.setRowCount(rows.size());
        writer.writeBatch();
        vectors.clear();
    }

    @Override
    public void end() throws IOException {
        writer.end();
    }

    @Override
    public void close() {
        vectors.close();
        allocator.close();
    }

    private static Schema schema(Answer answer) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < answer.columns().size(); i++) {
            Column column = answer.columns().get(i);
            Map<String, String> metadata = column.unit().isEmpty() ? Map.of() : Map.of("unit", column.unit());
            fields.add(field(column.name(), type(answer, i), metadata));
        }
        fields.add(field("status", ArrowType.Utf8.INSTANCE, Map.of()));
        fields.add(field("estimates", ArrowType.Utf8.INSTANCE, Map.of()));
        return new Schema(fields, Map.of(META, AnswerJson.metaText(answer.meta())));
    }

    private static Field field(String name, ArrowType type, Map<String, String> metadata) {
        return new Field(name, new FieldType(true, type, null, metadata), List.of());
    }

    private static ArrowType type(Answer answer, int index) {
        Column column = answer.columns().get(index);
        return switch (column.type().kind()) {
            case STRING -> ArrowType.Utf8.INSTANCE;
            case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case BOOLEAN -> ArrowType.Bool.INSTANCE;
            case TIMESTAMP -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
            case LONG ->
                values(answer, index).anyMatch(BigInteger.class::isInstance)
                        ? decimal(answer, index, column.name(), ValueType.decimal(1, 0))
                        : new ArrowType.Int(Long.SIZE, true);
            case DECIMAL -> decimal(answer, index, column.name(), column.type());
        };
    }

    /** Wide enough for every value of the column, whose digits the declared type does not always bound. */
    private static ArrowType decimal(Answer answer, int index, String name, ValueType declared) {
        int scale =
                values(answer, index).mapToInt(value -> decimal(value).scale()).reduce(declared.scale(), Math::max);
        int whole = values(answer, index)
                .mapToInt(value -> decimal(value).precision() - decimal(value).scale())
                .reduce(declared.precision() - declared.scale(), Math::max);
        int digits = scale + whole;
        if (digits > DIGITS_OF_256_BITS) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    "Arrow has no decimals of " + digits + " digits, which " + name + " has.",
                    "Ask for application/json, whose numbers have as many digits as they need.");
        }
        return digits > DIGITS_OF_128_BITS
                ? new ArrowType.Decimal(DIGITS_OF_256_BITS, scale, 256)
                : new ArrowType.Decimal(DIGITS_OF_128_BITS, scale, 128);
    }

    private static Stream<Object> values(Answer answer, int index) {
        return answer.rows().stream().map(row -> row.values().get(index)).filter(value -> value != null);
    }

    private static BigDecimal decimal(Object value) {
        if (value instanceof BigDecimal number) {
            return number;
        }
        return value instanceof BigInteger number ? new BigDecimal(number) : BigDecimal.valueOf((Long) value);
    }

    private static void set(FieldVector vector, int row, Object value) {
        if (value == null) {
            vector.setNull(row);
        } else if (vector instanceof VarCharVector texts) {
            texts.setSafe(row, value.toString().getBytes(StandardCharsets.UTF_8));
        } else if (vector instanceof BigIntVector longs) {
            longs.setSafe(row, (Long) value);
        } else if (vector instanceof Float8Vector doubles) {
            doubles.setSafe(row, (Double) value);
        } else if (vector instanceof BitVector booleans) {
            booleans.setSafe(row, (Boolean) value ? 1 : 0);
        } else if (vector instanceof TimeStampMicroTZVector times) {
            times.setSafe(row, ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value));
        } else if (vector instanceof DecimalVector decimals) {
            decimals.setSafe(row, decimal(value).setScale(decimals.getScale()));
        } else {
            Decimal256Vector decimals = (Decimal256Vector) vector;
            decimals.setSafe(row, decimal(value).setScale(decimals.getScale()));
        }
    }
}
