package io.bifocal.serving.prometheus;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.serving.prometheus.SeriesReader.Point;
import io.bifocal.serving.prometheus.SeriesReader.Series;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;

/** What Prometheus' API answers with. */
final class PrometheusDocuments {
    private PrometheusDocuments() {}

    /**
     * An answer.
     *
     * @param data of the form that the path says
     * @param warnings what is missing from it; left out where nothing is
     */
    public record Success(
            String status, Object data, @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> warnings) {
        Success(Object data, List<String> warnings) {
            this("success", data, warnings);
        }
    }

    /** The answer to a query. */
    public record Data(String resultType, List<?> result) {}

    /** A series: its labels with one point, or with all of them. A point is epoch seconds and a number as text. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(Map<String, String> metric, List<Object> value, List<List<Object>> values) {
        static Result matrix(Series series) {
            return new Result(
                    series.labels(),
                    null,
                    series.points().stream().map(Result::pair).toList());
        }

        /** Its last point. */
        static Result vector(Series series) {
            return new Result(
                    series.labels(), pair(series.points().get(series.points().size() - 1)), null);
        }

        private static List<Object> pair(Point point) {
            return List.of(point.time(), point.value());
        }
    }

    /** What a metric is. */
    public record Metadata(String type, String help, String unit) {}

    /** A fault. */
    public record Failure(String status, @JsonProperty("errorType") String errorType, String error) {}

    static Response response(BifocalException fault) {
        Response.ResponseBuilder response = Response.status(status(fault.code()))
                .type(MediaType.APPLICATION_JSON)
                .entity(new Failure("error", errorType(fault.code()), fault.getMessage() + " " + fault.remedy()));
        return fault.code().kind() == ErrorCode.Kind.UNAVAILABLE
                ? response.header("Retry-After", 2).build()
                : response.build();
    }

    private static int status(ErrorCode code) {
        return switch (errorType(code)) {
            case "bad_data" -> 400;
            case "execution" -> 422;
            case "internal" -> 500;
            default -> 503;
        };
    }

    private static String errorType(ErrorCode code) {
        return switch (code) {
            case BAD_QUERY, BAD_REQUEST, UNKNOWN_NAME -> "bad_data";
            case DEADLINE -> "timeout";
            case UNAVAILABLE -> "unavailable";
            case INTERNAL -> "internal";
            default -> "execution";
        };
    }
}
