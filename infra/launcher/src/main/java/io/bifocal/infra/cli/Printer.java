package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.infra.cli.Session.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Prints answers in the form that was asked for. */
final class Printer {
    private final PrintWriter out;
    private final Output output;

    Printer(PrintWriter out, Output output) {
        this.out = out;
        this.output = output;
    }

    /** The document as it is, or these fields of these rows of it. */
    void print(JsonNode document, Iterable<JsonNode> rows, List<String> fields) {
        if (output == Output.JSON) {
            json(document);
        } else {
            rows(rows, fields);
        }
    }

    /** A document that is one row. */
    void print(JsonNode document, List<String> fields) {
        print(document, List.of(document), fields);
    }

    void json(JsonNode document) {
        out.println(document.toPrettyString());
    }

    void rows(Iterable<JsonNode> rows, List<String> fields) {
        List<List<String>> cells = new ArrayList<>();
        for (JsonNode row : rows) {
            cells.add(fields.stream().map(field -> text(row.path(field))).toList());
        }
        if (output == Output.CSV) {
            csv(fields, cells);
        } else {
            new Table(fields, cells).print(out);
        }
    }

    /** A value as people read it: numbers with all their digits, nothing for null. */
    static String text(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        if (value.isBigDecimal()) {
            return value.decimalValue().toPlainString();
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private void csv(List<String> fields, List<List<String>> cells) {
        try {
            CSVPrinter printer = new CSVPrinter(out, CSVFormat.RFC4180);
            printer.printRecord(fields);
            printer.printRecords(cells);
            printer.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
