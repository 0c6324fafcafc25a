package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Why numbers are not what they were. */
@Command(
        name = "restatements",
        mixinStandardHelpOptions = true,
        description = "Shows numbers that a publication moved, with what was served before and after it, and why.")
final class RestatementsCommand extends ModelCommand {
    @Option(names = "--cause", paramLabel = "CAUSE", description = "Only those that this cause had a share in.")
    private Optional<String> cause = Optional.empty();

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            split = ",",
            description = "Only of these metrics, several with commas.")
    private List<String> metrics = List.of();

    @Option(names = "--rollup", paramLabel = "ROLLUP", description = "Only of this rollup.")
    private Optional<String> rollup = Optional.empty();

    @Option(names = "--from", paramLabel = "T", description = "Only of buckets from then on, as 2026-01-01T00:00:00Z.")
    private Optional<String> from = Optional.empty();

    @Option(names = "--to", paramLabel = "T", description = "Only of buckets that start before it.")
    private Optional<String> to = Optional.empty();

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int limit;

    RestatementsCommand() {
        super(
                "restatements",
                "at",
                "generation",
                "rollup",
                "metric",
                "bucket",
                "dimensions",
                "before",
                "after",
                "causes");
    }

    @Override
    String query() {
        StringBuilder query = new StringBuilder("?limit=" + limit);
        metrics.forEach(metric -> query.append("&metric=").append(Api.segment(metric)));
        Map<String, Optional<String>> others = Map.of("cause", cause, "rollup", rollup, "from", from, "to", to);
        others.forEach((name, text) -> text.ifPresent(
                each -> query.append('&').append(name).append('=').append(Api.segment(each))));
        return query.toString();
    }

    @Override
    void comment(JsonNode moved, PrintWriter err) {
        moved.path("summary").propertyStream().forEach(each -> {
            if (each.getValue().asLong() > 0) {
                err.println(each.getValue().asText() + " " + each.getKey());
            }
        });
    }
}
