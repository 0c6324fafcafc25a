package io.bifocal.serving.problem;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.ModelFaults;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.net.URLDecoder;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever a resource throws into a problem document. */
public final class ProblemMappers {
    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);
    private static final int RETRY_AFTER_SECONDS = 2;
    /** What Jackson says of the start of what is not closed; where the fault is, is told without it. */
    private static final Pattern UNNAMED_SOURCE = Pattern.compile(" \\(start marker at \\[Source: [^]]*]\\)");

    @ServerExceptionMapper
    public Response fault(BifocalException fault) {
        if (fault.code().kind() == ErrorCode.Kind.INTERNAL) {
            LOG.error(fault.getMessage(), fault);
        }
        return response(Problem.of(fault));
    }

    @ServerExceptionMapper
    public Response modelFaults(ModelFaults faults) {
        return response(Problem.of(faults.asException()));
    }

    @ServerExceptionMapper
    public Response json(JsonProcessingException broken) {
        return notExpected(
                broken,
                ": " + UNNAMED_SOURCE.matcher(broken.getOriginalMessage()).replaceAll(""));
    }

    /** Jackson's own message would name classes of ours. The framework maps this one itself where we don't. */
    @ServerExceptionMapper
    public Response otherJson(MismatchedInputException other) {
        return notExpected(other, "");
    }

    private static Response notExpected(JsonProcessingException broken, String why) {
        JsonLocation at = broken.getLocation();
        String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        String path = broken instanceof JsonMappingException mapping
                        && !mapping.getPath().isEmpty()
                ? " (" + mapping.getPathReference().replaceAll("[\\w.$]+\\[", "[") + ")"
                : "";
        return response(Problem.of(
                ErrorCode.BAD_REQUEST,
                400,
                "The body is not the JSON that is expected here" + where + path + why + ".",
                "Send the JSON that /q/openapi describes.",
                Map.of()));
    }

    @ServerExceptionMapper
    public Response framework(WebApplicationException refused) {
        int status = refused.getResponse().getStatus();
        if (refused.getCause() instanceof JsonProcessingException broken && status == 400) {
            return json(broken);
        }
        if (status >= 300 && status < 400) {
            return refused.getResponse();
        }
        return response(ofStatus(status));
    }

    /** A form whose escapes are broken: the framework decodes it before any resource sees it. */
    @ServerExceptionMapper
    public Response escapes(IllegalArgumentException fault) {
        StackTraceElement[] trace = fault.getStackTrace();
        if (trace.length == 0 || !trace[0].getClassName().equals(URLDecoder.class.getName())) {
            return unexpected(fault);
        }
        return response(Problem.of(
                ErrorCode.BAD_REQUEST,
                400,
                "The form in the body is not encoded as a URL's parameters are.",
                "Write %25 for a percent sign.",
                Map.of()));
    }

    @ServerExceptionMapper
    public Response unexpected(Throwable bug) {
        String id = UUID.randomUUID().toString();
        LOG.error("Unexpected failure " + id, bug);
        return response(Problem.of(
                ErrorCode.INTERNAL,
                500,
                "An unexpected failure; the log has it under " + id + ".",
                "Report it with that part of the log.",
                Map.of("id", id)));
    }

    /** What the framework itself refuses: no such path, method or media type. */
    static Problem ofStatus(int status) {
        return switch (status) {
            case 404 ->
                Problem.of(
                        ErrorCode.NOT_FOUND,
                        status,
                        "Nothing is at this path.",
                        "See /q/openapi for what is.",
                        Map.of());
            case 405 ->
                Problem.of(
                        ErrorCode.BAD_REQUEST,
                        status,
                        "This path does not take this method.",
                        "See /q/openapi for those that it takes.",
                        Map.of());
            case 406 ->
                Problem.of(
                        ErrorCode.BAD_REQUEST,
                        status,
                        "None of the media types in Accept can be made here.",
                        "Ask for application/json.",
                        Map.of());
            case 413 ->
                Problem.of(
                        ErrorCode.BAD_REQUEST,
                        status,
                        "The body is larger than this server takes.",
                        "Send it in several requests.",
                        Map.of());
            case 415 ->
                Problem.of(
                        ErrorCode.BAD_REQUEST,
                        status,
                        "The body's Content-Type, or its Content-Encoding, is not taken here.",
                        "See /q/openapi for the types that are; send it uncompressed.",
                        Map.of());
            default ->
                Problem.of(
                        status >= 500 ? ErrorCode.INTERNAL : ErrorCode.BAD_REQUEST,
                        status,
                        "The request was refused with status " + status + ".",
                        "See /q/openapi for what this path takes.",
                        Map.of());
        };
    }

    static Response response(Problem problem) {
        Response.ResponseBuilder response =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        if (problem.status() == 503) {
            response.header("Retry-After", RETRY_AFTER_SECONDS);
        }
        return response.build();
    }
}
