package io.bifocal.serving.query;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@link AnswerJson} writes, for the API's description; nobody makes one. */
@Schema(name = "Answer")
interface AnswerSchema {
    @Schema(required = true)
    List<Column> getColumns();

    @Schema(
            required = true,
            description = "Rows: a member for each column, status (exact, provisional or mixed), and estimates with the"
                    + " bounds of what is estimated.")
    List<Map<String, Object>> getData();

    @Schema(required = true)
    Meta getMeta();

    /** A column of the rows. */
    @Schema(name = "AnswerColumn")
    interface Column {
        @Schema(required = true)
        String getName();

        @Schema(required = true, description = "string, long, double, decimal, boolean or timestamp")
        String getType();

        @Schema(description = "of a metric that has one")
        String getUnit();
    }

    /** Where the rows come from. */
    @Schema(name = "AnswerMeta")
    interface Meta {
        @Schema(required = true, description = "asks for the same numbers again")
        String getAnswer();

        @Schema(required = true)
        String getRollup();

        @Schema(required = true)
        long getGeneration();

        @Schema(nullable = true, description = "the latest arrival that the generation covers")
        String getExactThrough();

        @Schema(nullable = true, description = "everything that arrived up to then is counted")
        String getFreshThrough();

        @Schema(required = true, description = "whether something is missing from the rows")
        boolean isPartial();

        @Schema(required = true, description = "what is missing")
        List<String> getWarnings();
    }
}
