package io.bifocal.serving.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bifocal.core.ledger.LedgerAudit;
import io.bifocal.core.ledger.LedgerFault;
import io.bifocal.core.model.Definition;
import io.bifocal.serving.catalog.Models;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The proof that no record is lost or doubled. */
@Path("/api/v1/models")
@Tag(name = "Operation")
@Produces(MediaType.APPLICATION_JSON)
public class LedgerResource {
    private final Models models;
    private final Ledger ledger;

    LedgerResource(Models models, Ledger ledger) {
        this.models = models;
        this.ledger = ledger;
    }

    /**
     * The ledger, by hour and partition.
     *
     * @param balanced whether read is archived + quarantined in every hour that is at rest, and the archive holds what it
     *     says
     * @param auditedAt when the archive was last read, record by record; absent before the first time
     * @param faults what was found then: ranges of a partition whose records are missing or there twice
     */
    public record LedgerDocument(
            boolean balanced,
            @JsonInclude(JsonInclude.Include.NON_NULL) Instant auditedAt,
            List<LedgerFault> faults,
            List<LedgerRow> data) {}

    /**
     * One hour of one partition.
     *
     * @param hour its start, by broker time
     * @param topicId where the rows are of several topics, one made anew under the same name
     * @param counted records that answers count, duplicates of an identity among them
     * @param atRest whether nothing of it is still on its way
     */
    public record LedgerRow(
            int partition,
            Instant hour,
            @JsonInclude(JsonInclude.Include.NON_NULL) String topicId,
            long read,
            long archived,
            long quarantined,
            long counted,
            boolean atRest) {}

    @GET
    @Path("/{model}/ledger")
    @Operation(
            summary = "Records read, archived, quarantined and counted",
            description =
                    "By partition and hour of arrival. Read comes from the views that answers are made of; archived"
                            + " and quarantined from the archive. Faults come from reading the archive itself, record by"
                            + " record.")
    public LedgerDocument ledger(@PathParam("model") String model) {
        Definition definition = models.find(model);
        List<Ledger.Row> rows = ledger.of(definition);
        Optional<LedgerAudit> audit = ledger.audit(definition);
        List<LedgerFault> faults = audit.map(LedgerAudit::faults).orElse(List.of());
        boolean severalTopics =
                rows.stream().map(row -> row.cell().topicId()).distinct().count() > 1;
        return new LedgerDocument(
                faults.isEmpty() && rows.stream().allMatch(Ledger.Row::balanced),
                audit.map(LedgerAudit::at).orElse(null),
                faults,
                rows.stream().map(row -> document(row, severalTopics)).toList());
    }

    private static LedgerRow document(Ledger.Row row, boolean severalTopics) {
        return new LedgerRow(
                row.cell().partition(),
                Instant.ofEpochSecond(row.cell().hour()),
                severalTopics ? row.cell().topicId() : null,
                row.read(),
                row.archived(),
                row.quarantined(),
                row.counted(),
                row.atRest());
    }
}
