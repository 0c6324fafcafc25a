package io.bifocal.serving.problem;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import java.util.Locale;
import java.util.Map;

/**
 * A fault as HTTP clients see it: an RFC 9457 problem document.
 *
 * @param type names the code, for programs
 * @param title of every problem with this code
 * @param code stable, one of {@link ErrorCode}
 * @param detail what is wrong this time
 * @param remedy what would mend it
 * @param values involved, by name
 */
public record Problem(
        String type, String title, int status, String code, String detail, String remedy, Map<String, Object> values) {
    public static final String MEDIA_TYPE = "application/problem+json";

    public static Problem of(BifocalException fault) {
        return of(fault.code(), status(fault.code().kind()), fault.getMessage(), fault.remedy(), fault.values());
    }

    /** With a status that the code alone does not say. */
    public static Problem of(ErrorCode code, int status, String detail, String remedy, Map<String, Object> values) {
        String name = code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new Problem(
                "urn:bifocal:" + name.replace(' ', '-'),
                Character.toUpperCase(name.charAt(0)) + name.substring(1),
                status,
                code.name(),
                detail,
                remedy,
                values);
    }

    private static int status(ErrorCode.Kind kind) {
        return switch (kind) {
            case MALFORMED -> 400;
            case INVALID -> 422;
            case MISSING -> 404;
            case CONFLICT -> 409;
            case GONE -> 410;
            case UNAVAILABLE -> 503;
            case INTERNAL -> 500;
        };
    }
}
