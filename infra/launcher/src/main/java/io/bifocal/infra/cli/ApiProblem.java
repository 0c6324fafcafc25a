package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** The API refused, in its own words. */
final class ApiProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient JsonNode document;

    ApiProblem(int status, JsonNode document) {
        super(document.path("detail").asText(document.path("title").asText("The API answered " + status + ".")));
        this.status = status;
        this.document = document;
    }

    /** Whether there is no such thing. */
    boolean missing() {
        return status == 404;
    }

    String remedy() {
        return document.path("remedy").asText("");
    }

    /** Whether the same request may succeed a moment later. */
    boolean passing() {
        return status == 502 || status == 503 || status == 504;
    }
}
