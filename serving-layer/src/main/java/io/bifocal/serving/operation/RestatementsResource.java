package io.bifocal.serving.operation;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Drift;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.storage.Storage;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** Why yesterday's number is another one today, and how wrong live numbers were. */
@Path("/api/v1/models")
@Tag(name = "Operation")
@Produces(MediaType.APPLICATION_JSON)
public class RestatementsResource {
    private static final int MOST = 100_000;
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final Models models;
    private final Storage storage;

    RestatementsResource(Models models, Storage storage) {
        this.models = models;
        this.storage = storage;
    }

    /**
     * Numbers that moved, those of the latest publication first.
     *
     * @param summary how many of all of them each cause had a share in
     * @param faults publications that could not be compared
     */
    public record Restatements(Map<String, Long> summary, List<Restatement> data, List<FaultDocument> faults) {}

    /** A publication that could not be compared with what was served before it. */
    public record FaultDocument(Instant at, long generation, String fault) {}

    /**
     * How far live numbers were off, the latest publication first.
     *
     * @param data by rollup and metric
     */
    public record DriftDocument(List<DriftRow> data) {}

    /** See {@link io.bifocal.core.reconciliation.Drift}. */
    public record DriftRow(
            Instant at,
            long generation,
            String occasion,
            String rollup,
            String metric,
            long cells,
            long missing,
            long extra,
            long different,
            long estimated,
            long duplicated,
            double absolute,
            @Schema(nullable = true, description = "Null where the archive has nothing to compare with.")
                    Double relative,
            double smape) {}

    @GET
    @Path("/{model}/restatements")
    @Operation(
            summary = "Numbers that a publication moved",
            description = "With what was served before and after it, and causes whose deltas add up to the change."
                    + " 'summary' counts over all causes, whatever is asked for.")
    public Restatements restatements(
            @PathParam("model") String model,
            @QueryParam("cause") String cause,
            @QueryParam("limit") @DefaultValue("100") String limit) {
        models.find(model);
        Optional<Cause> wanted = cause(cause);
        int most = Limits.parse(limit, MOST);
        Map<String, Long> counts = new LinkedHashMap<>();
        Arrays.stream(Cause.values()).forEach(each -> counts.put(each.text(), 0L));
        List<Restatement> moves = new ArrayList<>();
        List<FaultDocument> faults = new ArrayList<>();
        for (Reconciliation each : storage.reconciliations().summaries(model)) {
            each.causes().forEach((name, count) -> counts.merge(name, count, Long::sum));
            each.fault().ifPresent(fault -> faults.add(new FaultDocument(each.at(), each.generation(), fault)));
            if (moves.size() < most && moved(each, wanted)) {
                moves.addAll(storage.reconciliations().moves(model, each, wanted, most - moves.size()));
            }
        }
        return new Restatements(counts, moves, faults);
    }

    @GET
    @Path("/{model}/restatements/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @Operation(summary = "Follow restatements", description = "Each number that moves from now on.")
    public Multi<Restatement> follow(@PathParam("model") String model, @QueryParam("cause") String cause) {
        models.find(model);
        Watch watch = new Watch(model, cause(cause));
        return Multi.createFrom()
                .ticks()
                .every(LOOK)
                .onOverflow()
                .drop()
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .onItem()
                .transformToMultiAndConcatenate(tick -> Multi.createFrom().iterable(watch.next()));
    }

    @GET
    @Path("/{model}/drift")
    @Operation(
            summary = "How wrong live numbers were",
            description =
                    "For each publication that replaced live views: what they said against what the archive says.")
    public DriftDocument drift(
            @PathParam("model") String model, @QueryParam("limit") @DefaultValue("100") String limit) {
        models.find(model);
        return new DriftDocument(storage.reconciliations().summaries(model).stream()
                .flatMap(each -> each.drift().stream()
                        .map(drift -> new DriftRow(
                                each.at(),
                                each.generation(),
                                each.occasion(),
                                drift.rollup(),
                                drift.metric(),
                                drift.cells(),
                                drift.missing(),
                                drift.extra(),
                                drift.different(),
                                drift.estimated(),
                                drift.duplicated(),
                                drift.absolute(),
                                relative(drift),
                                drift.smape())))
                .limit(Limits.parse(limit, MOST))
                .toList());
    }

    private static Double relative(Drift drift) {
        OptionalDouble relative = drift.relative();
        return relative.isPresent() ? relative.getAsDouble() : null;
    }

    /** What one client has not been sent yet. Its calls follow one another. */
    private final class Watch {
        private final String model;
        private final Optional<Cause> cause;
        private volatile String last;

        Watch(String model, Optional<Cause> cause) {
            this.model = model;
            this.cause = cause;
            this.last = storage.reconciliations().summaries(model).stream()
                    .findFirst()
                    .map(Reconciliation::id)
                    .orElse("");
        }

        List<Restatement> next() {
            List<Reconciliation> news = storage.reconciliations().summariesAfter(model, last);
            List<Restatement> moves = new ArrayList<>();
            for (Reconciliation each : news) {
                if (moved(each, cause)) {
                    moves.addAll(storage.reconciliations().moves(model, each, cause, MOST));
                }
            }
            if (!news.isEmpty()) {
                last = news.get(0).id();
            }
            return moves;
        }
    }

    private static boolean moved(Reconciliation publication, Optional<Cause> cause) {
        return cause.map(each -> publication.causes().getOrDefault(each.text(), 0L))
                        .orElse(publication.restatements())
                > 0;
    }

    private static Optional<Cause> cause(String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = Arrays.stream(Cause.values()).map(Cause::text).toList();
        return Optional.of(Cause.parse(text)
                .orElseThrow(() -> Errors.of(
                        ErrorCode.UNKNOWN_NAME,
                        "There is no cause " + text + ".",
                        Nearest.remedy(text, names),
                        Map.of("cause", text))));
    }
}
