package io.bifocal.serving.operation;

import io.bifocal.core.ledger.Quarantined;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.storage.Storage;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The records that could not become events. */
@Path("/api/v1/models")
@Tag(name = "Operation")
@Produces(MediaType.APPLICATION_JSON)
public class QuarantineResource {
    private static final int MOST = 10_000;

    private final Models models;
    private final Storage storage;

    QuarantineResource(Models models, Storage storage) {
        this.models = models;
        this.storage = storage;
    }

    /**
     * The latest of them.
     *
     * @param total how many there are
     */
    public record Quarantine(long total, List<QuarantinedDocument> data) {}

    /** One record, with its Kafka position. */
    public record QuarantinedDocument(
            int partition, long offset, String topicId, Instant arrivedAt, String reason, String raw) {
        static QuarantinedDocument of(Quarantined record) {
            return new QuarantinedDocument(
                    record.partition(),
                    record.offset(),
                    record.topicId(),
                    record.arrivedAt(),
                    record.reason(),
                    record.raw());
        }
    }

    @GET
    @Path("/{model}/quarantine")
    @Operation(
            summary = "Quarantined records",
            description = "Records that did not parse, lack their time, or fail a type; the latest first.")
    public Quarantine quarantine(
            @PathParam("model") String model, @QueryParam("limit") @DefaultValue("100") String limit) {
        models.find(model);
        int most = Limits.parse(limit, MOST);
        List<Quarantined> page = most == 0 ? List.of() : storage.quarantine().page(model, most);
        return new Quarantine(
                storage.quarantine().count(model),
                page.stream().map(QuarantinedDocument::of).toList());
    }
}
