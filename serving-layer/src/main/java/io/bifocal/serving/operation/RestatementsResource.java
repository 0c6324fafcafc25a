package io.bifocal.serving.operation;

import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Drift;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.storage.Storage;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

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
            @BeanParam RestatementFilter filter,
            @QueryParam("limit") @DefaultValue("100") String limit,
            @Context UriInfo address) {
        KnownParameters.require(address, RestatementFilter.PARAMETERS_AND_LIMIT);
        RestatementFilter.Wanted wanted = filter.of(models.find(model));
        int most = Limits.parse(limit, MOST);
        Map<String, Long> counts = new LinkedHashMap<>();
        Arrays.stream(Cause.values()).forEach(each -> counts.put(each.text(), 0L));
        List<Restatement> moves = new ArrayList<>();
        List<FaultDocument> faults = new ArrayList<>();
        for (Reconciliation each : storage.reconciliations().summaries(model)) {
            each.causes().forEach((name, count) -> counts.merge(name, count, Long::sum));
            each.fault().ifPresent(fault -> faults.add(new FaultDocument(each.at(), each.generation(), fault)));
            if (moves.size() < most && wanted.in(each)) {
                moves.addAll(
                        storage.reconciliations().moves(model, each, wanted.cause(), wanted::is, most - moves.size()));
            }
        }
        return new Restatements(counts, moves, faults);
    }

    @GET
    @Path("/{model}/restatements/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            summary = "Follow restatements",
            description =
                    "Each number that moves from now on, or from the event on that the header Last-Event-ID names.")
    @APIResponse(
            responseCode = "200",
            description = "Restatements",
            content =
                    @Content(
                            mediaType = MediaType.SERVER_SENT_EVENTS,
                            schema = @Schema(implementation = Restatement.class)))
    public Multi<OutboundSseEvent> follow(
            @PathParam("model") String model,
            @BeanParam RestatementFilter filter,
            @HeaderParam("Last-Event-ID") String last,
            @Context UriInfo address,
            @Context Sse sse) {
        KnownParameters.require(address, RestatementFilter.PARAMETERS);
        RestatementFilter.Wanted wanted = filter.of(models.find(model));
        RestatementFollower follower = new RestatementFollower(model, storage.reconciliations(), wanted, last, sse);
        return Multi.createFrom()
                .ticks()
                .every(LOOK)
                .onOverflow()
                .drop()
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .onItem()
                .transformToMultiAndConcatenate(tick -> Multi.createFrom().iterable(follower.look()));
    }

    @GET
    @Path("/{model}/drift")
    @Operation(
            summary = "How wrong live numbers were",
            description =
                    "For each publication that replaced live views: what they said against what the archive says.")
    public DriftDocument drift(
            @PathParam("model") String model,
            @QueryParam("limit") @DefaultValue("100") String limit,
            @Context UriInfo address) {
        KnownParameters.require(address, List.of("limit"));
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
}
