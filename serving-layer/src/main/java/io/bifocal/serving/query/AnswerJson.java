package io.bifocal.serving.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.bifocal.core.aggregate.Aggregate.Bounds;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
final class AnswerJson {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private AnswerJson() {}

    /** The whole answer in one object. */
    static byte[] document(Answer answer) {
        return written(json -> {
            json.writeStartObject();
            columns(json, answer.columns());
            json.writeArrayFieldStart("data");
            for (Row row : answer.rows()) {
                row(json, answer.columns(), row);
            }
            json.writeEndArray();
            meta(json, answer.meta());
            json.writeEndObject();
        });
    }

    /** One object a row, one row a line. */
    static byte[] lines(Answer answer) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Row row : answer.rows()) {
            lines.writeBytes(written(json -> row(json, answer.columns(), row)));
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    /** The whole answer on one line, as an event's data. */
    static String text(Answer answer) {
        return new String(document(answer), StandardCharsets.UTF_8);
    }

    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] written(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            writing.write(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
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
            json.writeObjectFieldStart("estimates");
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
        json.writeEndObject();
    }

    private static void meta(JsonGenerator json, Answer.Meta meta) throws IOException {
        json.writeObjectFieldStart("meta");
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
