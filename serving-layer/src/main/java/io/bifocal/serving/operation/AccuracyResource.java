package io.bifocal.serving.operation;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.bifocal.cassandra.AnswerSampleStore;
import io.bifocal.core.accuracy.Accuracy;
import io.bifocal.core.accuracy.CheckedAnswer;
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
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How near to the truth answers were that users were given before it was known. */
@Path("/api/v1/models")
@Tag(name = "Operation")
@Produces(MediaType.APPLICATION_JSON)
public class AccuracyResource {
    private final Models models;
    private final Storage storage;

    AccuracyResource(Models models, Storage storage) {
        this.models = models;
        this.storage = storage;
    }

    /**
     * What became of the latest answers that were kept, {@value AnswerSampleStore#LATEST} at most.
     *
     * @param waiting to be given again
     * @param checked were given again
     * @param skipped could not be
     * @param data by metric, over all that were checked
     * @param answers the latest
     */
    public record AccuracyDocument(
            long waiting, long checked, long skipped, List<MetricAccuracy> data, List<AnswerAccuracy> answers) {}

    /** See {@link Accuracy}. */
    public record MetricAccuracy(
            String metric,
            long numbers,
            long right,
            @Schema(description = "Mean over the numbers of the difference's share of the truth.") double meanError,
            double worst,
            @Schema(description = "Numbers that came with bounds.") long estimated,
            @Schema(description = "Those of which the truth was within them.") long inside) {
        static MetricAccuracy of(Accuracy each) {
            return new MetricAccuracy(
                    each.metric(),
                    each.numbers(),
                    each.right(),
                    each.meanError(),
                    each.worst(),
                    each.estimated(),
                    each.inside());
        }
    }

    /** See {@link CheckedAnswer}. */
    public record AnswerAccuracy(
            Instant at,
            Instant checkedAt,
            @JsonRawValue @Schema(implementation = Object.class) String query,
            @Schema(description = "The answer's token.") String answer,
            @Schema(nullable = true, description = "Why it could not be given again.") String skipped,
            List<MetricAccuracy> metrics) {
        static AnswerAccuracy of(CheckedAnswer each) {
            return new AnswerAccuracy(
                    each.at(),
                    each.checkedAt(),
                    each.query(),
                    each.token(),
                    each.skipped().orElse(null),
                    each.metrics().stream().map(MetricAccuracy::of).toList());
        }
    }

    @GET
    @Path("/{model}/accuracy")
    @Operation(
            summary = "How wrong answers were that were not exact yet",
            description =
                    "A fraction of answers is kept, and given again from the archive over the very records that they"
                            + " counted, whenever a recompute or a reconciliation has run. This tells of the latest "
                            + AnswerSampleStore.LATEST + ".")
    public AccuracyDocument accuracy(
            @PathParam("model") String model, @QueryParam("limit") @DefaultValue("20") String limit) {
        models.find(model);
        int most = Limits.parse(limit, AnswerSampleStore.LATEST);
        List<CheckedAnswer> all = storage.answers().checked(model);
        long skipped = all.stream().filter(each -> each.skipped().isPresent()).count();
        return new AccuracyDocument(
                storage.answers().waiting(model).join(),
                all.size() - skipped,
                skipped,
                CheckedAnswer.summary(all).stream().map(MetricAccuracy::of).toList(),
                all.stream().limit(most).map(AnswerAccuracy::of).toList());
    }
}
