package io.bifocal.serving.query;

import io.bifocal.core.query.Answer;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.core.MediaType;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The forms in which an answer can be had. The first is what is sent where the client does not mind. */
enum AnswerForm {
    JSON(AnswerForm.JSON_TYPE),
    CSV(AnswerForm.CSV_TYPE),
    NDJSON(AnswerForm.NDJSON_TYPE),
    ARROW(AnswerForm.ARROW_TYPE);

    static final String JSON_TYPE = MediaType.APPLICATION_JSON;
    static final String CSV_TYPE = "text/csv";
    static final String NDJSON_TYPE = "application/x-ndjson";
    static final String ARROW_TYPE = "application/vnd.apache.arrow.stream";

    private final String mediaType;

    AnswerForm(String mediaType) {
        this.mediaType = mediaType;
    }

    /** With the character set where the type does not say it. */
    String contentType() {
        return this == CSV ? mediaType + ";charset=UTF-8" : mediaType;
    }

    AnswerWriter writer(Answer answer, OutputStream out) {
        return switch (this) {
            case JSON -> AnswerJson.document(answer, out);
            case CSV -> new AnswerCsv(answer, out);
            case NDJSON -> AnswerJson.lines(answer, out);
            case ARROW -> new AnswerArrow(answer, out);
        };
    }

    /**
     * The form that a client prefers (RFC 9110): the greatest quality that the most specific range gives a form, then what it
     * names first.
     *
     * @param accepted what it accepts, in its order
     * @throws NotAcceptableException where there is none
     */
    static AnswerForm preferred(List<MediaType> accepted) {
        return Arrays.stream(values())
                .map(form -> form.wish(accepted))
                .flatMap(Optional::stream)
                .filter(wish -> wish.quality() > 0)
                .max(Comparator.comparingDouble(Wish::quality)
                        .thenComparing(Wish::place, Comparator.reverseOrder())
                        .thenComparing(Wish::form, Comparator.reverseOrder()))
                .map(Wish::form)
                .orElseThrow(NotAcceptableException::new);
    }

    private record Wish(AnswerForm form, double quality, int place, int specificity) {}

    private Optional<Wish> wish(List<MediaType> accepted) {
        MediaType type = MediaType.valueOf(mediaType);
        return accepted.stream()
                .filter(range -> range.isCompatible(type))
                .map(range -> new Wish(this, quality(range), accepted.indexOf(range), specificity(range)))
                .max(Comparator.comparingInt(Wish::specificity).thenComparing(Wish::place, Comparator.reverseOrder()));
    }

    private static int specificity(MediaType range) {
        return (range.isWildcardType() ? 0 : 1) + (range.isWildcardSubtype() ? 0 : 1);
    }

    private static double quality(MediaType range) {
        String quality = range.getParameters().get("q");
        try {
            return quality == null ? 1 : Double.parseDouble(quality);
        } catch (NumberFormatException broken) {
            return 0;
        }
    }
}
