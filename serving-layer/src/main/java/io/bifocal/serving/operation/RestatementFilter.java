package io.bifocal.serving.operation;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.query.QueryParser;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** Which restated numbers are asked for; what is absent asks for all. */
public final class RestatementFilter {
    static final List<String> PARAMETERS = List.of("cause", "metric", "rollup", "from", "to");
    static final List<String> PARAMETERS_AND_LIMIT = List.of("cause", "metric", "rollup", "from", "to", "limit");

    @QueryParam("cause")
    @Parameter(description = "Only those that this cause had a share in.")
    String cause;

    @QueryParam("metric")
    @Parameter(description = "Only of these metrics; may be given several times.")
    List<String> metrics;

    @QueryParam("rollup")
    @Parameter(description = "Only of this rollup.")
    String rollup;

    @QueryParam("from")
    @Parameter(description = "Only of buckets that start then or later, as 2026-01-01T00:00:00Z.")
    String from;

    @QueryParam("to")
    @Parameter(description = "Only of buckets that start before it.")
    String to;

    /**
     * What the parameters say.
     *
     * @param metrics empty: all
     */
    record Wanted(
            Optional<Cause> cause,
            List<String> metrics,
            Optional<String> rollup,
            Optional<Instant> from,
            Optional<Instant> to) {
        /** Whether a publication can have moved such a number. */
        boolean in(Reconciliation publication) {
            return cause.map(each -> publication.causes().getOrDefault(each.text(), 0L))
                            .orElse(publication.restatements())
                    > 0;
        }

        /** Whether it is one of these, whatever its causes. */
        boolean is(Restatement move) {
            return (metrics.isEmpty() || metrics.contains(move.metric()))
                    && rollup.map(move.rollup()::equals).orElse(true)
                    && from.map(start -> !move.bucket().isBefore(start)).orElse(true)
                    && to.map(end -> move.bucket().isBefore(end)).orElse(true);
        }
    }

    /** @throws io.bifocal.core.error.BifocalException for a name that the model does not have, or a time that is none */
    Wanted of(Definition definition) {
        List<String> causes = Arrays.stream(Cause.values()).map(Cause::text).toList();
        List<String> known =
                definition.model().metrics().stream().map(Metric::name).toList();
        List<String> rollups =
                definition.model().rollups().stream().map(Rollup::name).toList();
        metrics.forEach(metric -> requireKnown("metric", metric, known));
        return new Wanted(
                given(cause).map(text -> {
                    requireKnown("cause", text, causes);
                    return Cause.parse(text).orElseThrow();
                }),
                metrics,
                given(rollup).map(text -> {
                    requireKnown("rollup", text, rollups);
                    return text;
                }),
                given(from).map(text -> instant("from", text)),
                given(to).map(text -> instant("to", text)));
    }

    /** A plus sign that a client forgot to encode arrives as a space. */
    private static Instant instant(String what, String text) {
        return QueryParser.instant(what, text.replace(' ', '+'));
    }

    private static Optional<String> given(String text) {
        return Optional.ofNullable(text).filter(each -> !each.isEmpty());
    }

    private static void requireKnown(String what, String name, List<String> known) {
        if (!known.contains(name)) {
            throw Errors.of(
                    ErrorCode.UNKNOWN_NAME,
                    "There is no " + what + " " + name + ".",
                    Nearest.remedy(name, known),
                    Map.of(what, name));
        }
    }
}
