package io.bifocal.serving.query;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes answers as CSV (RFC 4180): a line of names, then the rows. Null is empty, and an empty text is quoted. */
final class AnswerCsv {
    private static final String LINE_END = "\r\n";

    private AnswerCsv() {}

    static byte[] document(Answer answer) {
        StringBuilder csv = new StringBuilder();
        List<String> names = answer.columns().stream().map(Column::name).toList();
        csv.append(line(Stream.concat(names.stream(), Stream.of("status"))));
        for (Row row : answer.rows()) {
            Stream<Object> values =
                    Stream.concat(row.values().stream(), Stream.of(row.status().text()));
            csv.append(line(values));
        }
        return csv.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String line(Stream<?> values) {
        return values.map(AnswerCsv::field).collect(Collectors.joining(",", "", LINE_END));
    }

    private static String field(Object value) {
        if (value == null || (value instanceof Double number && !Double.isFinite(number))) {
            return "";
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof Double number) {
            return NumberOutput.toString(number, true);
        }
        return value instanceof String text ? quoted(text) : value.toString();
    }

    private static String quoted(String text) {
        boolean plain = !text.isEmpty() && text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
