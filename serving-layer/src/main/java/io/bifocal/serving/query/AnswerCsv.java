package io.bifocal.serving.query;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Answer.Column;
import io.bifocal.core.query.Answer.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes answers as CSV (RFC 4180): a line of names, then the rows. Null is empty, and an empty text is quoted. */
final class AnswerCsv implements AnswerWriter {
    private static final String LINE_END = "\r\n";

    private final Answer answer;
    private final Writer csv;

    AnswerCsv(Answer answer, OutputStream out) {
        this.answer = answer;
        this.csv = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    }

    @Override
    public void begin() throws IOException {
        Stream<String> names = answer.columns().stream().map(Column::name);
        csv.write(line(Stream.concat(names, Stream.of("status"))));
        csv.flush();
    }

    @Override
    public void rows(List<Row> rows) throws IOException {
        for (Row row : rows) {
            Stream<Object> values =
                    Stream.concat(row.values().stream(), Stream.of(row.status().text()));
            csv.write(line(values));
        }
        csv.flush();
    }

    @Override
    public void end() {}

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
