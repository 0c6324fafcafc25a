package io.bifocal.serving.operation;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.Map;

/** The query parameter {@code limit}. */
final class Limits {
    private Limits() {}

    /** @throws io.bifocal.core.error.BifocalException {@code BAD_QUERY} where the text is no number from 0 to {@code most} */
    static int parse(String text, int most) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 0 && limit <= most) {
                return limit;
            }
        } catch (NumberFormatException notANumber) {
            // Told below.
        }
        throw Errors.of(
                ErrorCode.BAD_QUERY,
                "limit is " + text + ".",
                "Give a number from 0 to " + most + ".",
                Map.of("limit", text));
    }
}
