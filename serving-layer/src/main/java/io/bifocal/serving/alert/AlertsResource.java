package io.bifocal.serving.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bifocal.serving.alert.Alert.State;
import io.bifocal.serving.catalog.Models;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Which thresholds of a model are exceeded. */
@Path("/api/v1/models")
@Tag(name = "Operation")
@Produces(MediaType.APPLICATION_JSON)
public class AlertsResource {
    private final Models models;
    private final Alerts alerts;

    AlertsResource(Models models, Alerts alerts) {
        this.models = models;
        this.alerts = alerts;
    }

    /** The alerts of a model, whether they fire or not. */
    public record AlertList(List<AlertDocument> data) {}

    /**
     * An alert.
     *
     * @param alert lag, freshness, imbalance, quarantine, drift, unexplained or uncompared
     * @param metric that it is about; absent where it is about the model
     * @param threshold that must not be exceeded: records, seconds or a share
     * @param value that was measured
     * @param state FIRING once two measurements in a row exceed the threshold; UNKNOWN while it cannot be measured
     * @param since it is in that state, as far as this server knows
     */
    public record AlertDocument(
            String alert,
            @JsonInclude(JsonInclude.Include.NON_NULL) String metric,
            double threshold,
            @Schema(nullable = true, description = "Null while it cannot be measured.") Double value,
            State state,
            Instant since) {
        static AlertDocument of(Alert alert) {
            return new AlertDocument(
                    alert.threshold().alert().text(),
                    alert.threshold().metric().orElse(null),
                    alert.threshold().limit(),
                    alert.state() == State.UNKNOWN ? null : alert.value().orElse(null),
                    alert.state(),
                    alert.since());
        }
    }

    @GET
    @Path("/{model}/alerts")
    @Operation(
            summary = "Show a model's alerts",
            description =
                    "Each threshold of its file with what was measured, and what is an alert without one: numbers"
                            + " that moved in the last 24 hours and that nothing explains, publications that could not be compared.")
    public AlertList alerts(@PathParam("model") String model) {
        return new AlertList(
                alerts.of(models.find(model)).stream().map(AlertDocument::of).toList());
    }
}
