package io.bifocal.serving.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes answers as JSON: whole numbers and decimals with all their digits and without an exponent, doubles by the fewest
 * digits that name them, times as RFC 3339 in UTC.
 */
final class AnswerJson implements AnswerWriter {
    private static final JsonFactory DOCUMENTS = builder().build();
    private static final JsonFactory LINES = builder().rootValueSeparator("\n").build();
    private static final JsonFactory ASCII =
            builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Answer answer;
    private final JsonGenerator json;
    private final boolean lines;

    private AnswerJson(Answer answer, OutputStream out, JsonFactory factory) {
        this.answer = answer;
        this.json = generator(factory, out);
        this.lines = factory == LINES;
    }

    /** The whole answer in one object. */
    static AnswerWriter document(Answer answer, OutputStream out) {
        return new AnswerJson(answer, out, DOCUMENTS);
    }

    /** One object a row, one row a line. */
    static AnswerWriter lines(Answer answer, OutputStream out) {
        return new AnswerJson(answer, out, LINES);
    }

    /** The whole answer on one line, as an event's data. */
    static String text(Answer answer) {
        return new String(AnswerPieces.whole(answer, AnswerForm.JSON), StandardCharsets.UTF_8);
    }

    /** What {@code meta} says, for forms that have no place of their own for it. */
    static String metaText(Answer.Meta meta) {
        return text(DOCUMENTS, json -> meta(json, meta));
    }

    /** A list of texts on one line of nothing but ASCII, as headers must be. */
    static String asciiText(List<String> texts) {
        return text(ASCII, json -> {
            json.writeStartArray();
            for (String each : texts) {
                json.writeString(each);
            }
            json.writeEndArray();
        });
    }

    /** A row's {@code estimates}, for forms that have no objects. */
    static String estimatesText(Row row) {
        return text(DOCUMENTS, json -> estimates(json, row));
    }

    @Override
    public void begin() throws IOException {
        if (!lines) {
            json.writeStartObject();
            columns(json, answer.columns());
            json.writeArrayFieldStart("data");
            json.flush();
        }
    }

    @Override
    public void rows(List<Row> rows) throws IOException {
        for (Row row : rows) {
            row(json, answer.columns(), row);
        }
        json.flush();
    }

    @Override
    public void end() throws IOException {
        if (!lines) {
            json.writeEndArray();
            json.writeFieldName("meta");
            meta(json, answer.meta());
            json.writeEndObject();
        } else if (!answer.rows().isEmpty()) {
            json.writeRaw('\n');
        }
        json.flush();
    }

    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    private static String text(JsonFactory factory, Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(text)) {
            writing.write(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    private static JsonGenerator generator(JsonFactory factory, OutputStream out) {
        try {
            return factory.createGenerator(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static JsonFactoryBuilder builder() {
        return new JsonFactoryBuilder()
                .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER);
    }

    private static void columns(JsonGenerator json, List<Column> columns) throws IOException {
        json.writeArrayFieldStart("columns");
        for (Column column : columns) {
            json.writeStartObject();
            json.writeStringField("name", column.name());
            json.writeStringField("type", column.typeName());
            if (!column.unit().isEmpty()) {
                json.writeStringField("unit", column.unit());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void row(JsonGenerator json, List<Column> columns, Row row) throws IOException {
        json.writeStartObject();
        for (int i = 0; i < columns.size(); i++) {
            json.writeFieldName(columns.get(i).name());
            value(json, row.values().get(i));
        }
        json.writeStringField("status", row.status().text());
        if (!row.estimates().isEmpty()) {
            json.writeFieldName("estimates");
            estimates(json, row);
        }
        json.writeEndObject();
    }

    private static void estimates(JsonGenerator json, Row row) throws IOException {
        json.writeStartObject();
        for (Map.Entry<String, Bounds> estimate : row.estimates().entrySet()) {
            json.writeObjectFieldStart(estimate.getKey());
            json.writeFieldName("low");
            value(json, estimate.getValue().low());
            json.writeFieldName("high");
            value(json, estimate.getValue().high());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void meta(JsonGenerator json, Answer.Meta meta) throws IOException {
        json.writeStartObject();
        json.writeStringField("answer", meta.answer());
        json.writeStringField("rollup", meta.rollup());
        json.writeNumberField("generation", meta.generation());
        time(json, "exactThrough", meta.exactThrough());
        time(json, "freshThrough", meta.freshThrough());
        json.writeBooleanField("partial", meta.partial());
        json.writeArrayFieldStart("warnings");
        for (String warning : meta.warnings()) {
            json.writeString(warning);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void time(JsonGenerator json, String name, Optional<Instant> time) throws IOException {
        json.writeFieldName(name);
        value(json, time.orElse(null));
    }

    /** JSON has no numbers that are not finite: they are null. */
    private static void value(JsonGenerator json, Object value) throws IOException {
        if (value == null || (value instanceof Double number && !Double.isFinite(number))) {
            json.writeNull();
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof BigDecimal number) {
            json.writeNumber(number);
        } else if (value instanceof BigInteger number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else {
            json.writeString(value.toString());
        }
    }
}
