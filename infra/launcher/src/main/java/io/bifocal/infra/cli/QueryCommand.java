package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.infra.cli.Api.MediaType;
import io.bifocal.infra.cli.Session.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Asks for metrics. */
@Command(
        name = "query",
        mixinStandardHelpOptions = true,
        description = "Answers a query; each row says whether it is exact, provisional or mixed.")
final class QueryCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    @Option(names = "--metrics", split = ",", required = true, paramLabel = "METRIC")
    private List<String> metrics;

    @Option(names = "--by", split = ",", paramLabel = "DIMENSION", description = "Group by these dimensions.")
    private List<String> dimensions = List.of();

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "RFC 3339, inclusive. A date alone is its start in --zone.")
    private Optional<String> from = Optional.empty();

    @Option(names = "--to", paramLabel = "TIME", description = "RFC 3339, exclusive.")
    private Optional<String> to = Optional.empty();

    @Option(
            names = "--granularity",
            description =
                    "minute, 5minute, 15minute, hour, day, week, month, quarter or year; without it, one row a group.")
    private Optional<String> granularity = Optional.empty();

    @Option(names = "--zone", description = "Time zone of the granularity, such as Europe/London (default: UTC).")
    private Optional<String> zone = Optional.empty();

    @Option(
            names = "--where",
            paramLabel = "D=V",
            description = "Only where dimension D is V (D!=V: is not). The same D again: any of its values.")
    private List<String> where = List.of();

    @Option(names = "--order", split = ",", paramLabel = "NAME:asc|desc")
    private List<String> order = List.of();

    @Option(names = "--limit", paramLabel = "N")
    private Optional<Integer> limit = Optional.empty();

    @Option(names = "--require", paramLabel = "exact", description = "exact: refuse unless every row is exact.")
    private Optional<String> require = Optional.empty();

    @Override
    public void run() {
        Session session = main.session();
        JsonNode query = QueryDocument.of(model, metrics, dimensions, time(), where, order, limit, require);
        if (session.output() == Output.TABLE) {
            table(session, session.api().post("/query", query));
        } else {
            MediaType type = session.output() == Output.CSV ? MediaType.CSV : MediaType.JSON;
            session.out().println(session.api().post("/query", query, type).stripTrailing());
        }
    }

    private QueryDocument.Time time() {
        return new QueryDocument.Time(from, to, granularity, zone);
    }

    private static void table(Session session, JsonNode answer) {
        List<String> header = new ArrayList<>();
        answer.path("columns").forEach(column -> header.add(column.path("name").asText()));
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode row : answer.path("data")) {
            List<String> cells = new ArrayList<>();
            header.forEach(name -> cells.add(cell(row, name)));
            cells.add(row.path("status").asText());
            rows.add(cells);
        }
        header.add("status");
        new Table(header, rows).print(session.out());
        session.out().flush();
        session.err().println(note(answer.path("meta"), rows.size()));
        answer.path("meta").path("warnings").forEach(warning -> session.err()
                .println("warning: " + Printer.text(warning)));
    }

    /** An estimate is marked, with the bounds within which the exact value is. */
    private static String cell(JsonNode row, String name) {
        String value = row.path(name).isNull() ? Table.NULL : Printer.text(row.path(name));
        JsonNode estimate = row.path("estimates").path(name);
        return estimate.isMissingNode()
                ? value
                : "~" + value + " (" + Printer.text(estimate.path("low")) + ".." + Printer.text(estimate.path("high"))
                        + ")";
    }

    private static String note(JsonNode meta, int rows) {
        StringBuilder note = new StringBuilder(rows + (rows == 1 ? " row" : " rows"));
        for (String field : List.of("rollup", "generation", "exactThrough", "freshThrough", "answer")) {
            if (meta.hasNonNull(field)) {
                note.append("; ").append(field).append(' ').append(Printer.text(meta.path(field)));
            }
        }
        return note.append(meta.path("partial").asBoolean() ? "; PARTIAL: something is missing" : "")
                .toString();
    }
}
