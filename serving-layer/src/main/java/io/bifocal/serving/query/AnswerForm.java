package io.bifocal.serving.query;

import io.bifocal.core.query.Answer;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.List;

/** The forms in which an answer can be had. The first is what is sent where the client does not mind. */
enum AnswerForm {
    JSON(MediaType.APPLICATION_JSON),
    CSV("text/csv"),
    NDJSON("application/x-ndjson");

    private final String mediaType;

    AnswerForm(String mediaType) {
        this.mediaType = mediaType;
    }

    /** With the character set where the type does not say it. */
    String contentType() {
        return this == CSV ? mediaType + ";charset=UTF-8" : mediaType;
    }

    byte[] encode(Answer answer) {
        return switch (this) {
            case JSON -> AnswerJson.document(answer);
            case CSV -> AnswerCsv.document(answer);
            case NDJSON -> AnswerJson.lines(answer);
        };
    }

    /**
     * The form that a client prefers.
     *
     * @param accepted what it accepts, the best first
     * @throws NotAcceptableException where there is none
     */
    static AnswerForm preferred(List<MediaType> accepted) {
        return accepted.stream()
                .flatMap(wish ->
                        Arrays.stream(values()).filter(form -> wish.isCompatible(MediaType.valueOf(form.mediaType))))
                .findFirst()
                .orElseThrow(NotAcceptableException::new);
    }
}
