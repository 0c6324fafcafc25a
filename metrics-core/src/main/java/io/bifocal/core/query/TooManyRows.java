package io.bifocal.core.query;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.query.Query.Fill;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Refuses answers of more rows than there is memory for. */
final class TooManyRows {
    private TooManyRows() {}

    /**
     * Refuses rows that there are.
     *
     * @param rows that there are at least
     * @throws BifocalException {@code TOO_EXPENSIVE} where they are more than the most
     */
    static void require(long rows, long most) {
        if (rows > most) {
            throw fault(rows, most, Optional.empty());
        }
    }

    /** The same of a query's rows with those that are filled in: the others alone are few enough. */
    static void requireFilled(long rows, long most, Query query) {
        if (rows > most) {
            throw fault(rows, most, Optional.of(query.over(query.time().filled(Fill.NONE))));
        }
    }

    private static BifocalException fault(long rows, long most, Optional<Query> cheaper) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("estimate", Map.of("answerRows", rows));
        values.put("limit", Map.of("answerRows", most));
        cheaper.ifPresent(query -> values.put("cheaper", QueryPrinter.toJson(query)));
        return Errors.of(
                ErrorCode.TOO_EXPENSIVE,
                "The answer would have more than " + most + " rows.",
                "Ask for a shorter range, coarser rows or fewer dimensions"
                        + (cheaper.isPresent() ? ", or leave fill out." : "."),
                values);
    }
}
