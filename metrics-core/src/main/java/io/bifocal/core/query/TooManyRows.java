package io.bifocal.core.query;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.Map;

/** Refuses answers of more rows than there is memory for. */
final class TooManyRows {
    private TooManyRows() {}

    /**
     * Refuses.
     *
     * @param rows that there are at least
     * @throws io.bifocal.core.error.BifocalException {@code TOO_EXPENSIVE} where they are more than the most
     */
    static void require(long rows, long most) {
        if (rows > most) {
            throw Errors.of(
                    ErrorCode.TOO_EXPENSIVE,
                    "The answer would have more than " + most + " rows.",
                    "Ask for a shorter range, coarser rows or fewer dimensions, or leave fill out.",
                    Map.of("estimate", Map.of("answerRows", rows), "limit", Map.of("answerRows", most)));
        }
    }
}
