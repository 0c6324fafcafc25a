package io.bifocal.core.query;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.query.Query.Direction;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Order;
import io.bifocal.core.query.Query.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a question from a URL's parameters: lists are separated by commas, a filter is {@code dimension:operator:v1,v2}, an
 * order {@code by:direction}. In filters a backslash makes the comma, or the backslash, after it a part of the value.
 */
public final class QueryParameters {
    private static final List<String> KEYS = List.of(
            "model",
            "metrics",
            "dimensions",
            "from",
            "to",
            "granularity",
            "zone",
            "fill",
            "filter",
            "order",
            "limit",
            "require",
            "maxStalenessMillis",
            "answer");
    private static final List<String> REPEATED = List.of("metrics", "dimensions", "filter", "order");

    private final Map<String, List<String>> parameters;

    private QueryParameters(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /**
     * Reads a question.
     *
     * @param parameters decoded, in the order of the URL
     * @throws io.bifocal.core.error.BifocalException as {@link QueryParser#parse}
     */
    public static Question parse(Map<String, List<String>> parameters) {
        parameters.forEach((key, values) -> {
            if (!KEYS.contains(key)) {
                throw Errors.of(
                        ErrorCode.BAD_REQUEST,
                        "Unknown parameter " + key + ".",
                        Nearest.remedy(key, KEYS),
                        Map.of("key", key, "near", Nearest.of(key, KEYS)));
            }
            if (values.size() > 1 && !REPEATED.contains(key)) {
                throw JsonFields.bad("The parameter " + key + " is given twice.", "Give it once.", values);
            }
        });
        return new QueryParameters(parameters).question();
    }

    private Question question() {
        Optional<String> token = one("answer");
        if (token.isPresent()) {
            if (parameters.size() > 1) {
                throw JsonFields.bad(
                        "answer stands beside other parameters.",
                        "Ask for an earlier answer by its token alone.",
                        parameters.keySet());
            }
            return new Question.Earlier(token.get());
        }
        return new Query(
                one("model").orElseThrow(() -> JsonFields.bad("model is missing.", "Give model.", parameters.keySet())),
                list("metrics"),
                list("dimensions"),
                // A plus sign that a client forgot to encode arrives as a space.
                QueryParser.timeRange(
                        one("from").map(text -> text.replace(' ', '+')),
                        one("to").map(text -> text.replace(' ', '+')),
                        one("granularity"),
                        one("zone").map(text -> text.replace(' ', '+')),
                        one("fill")),
                all("filter").stream().map(QueryParameters::filter).toList(),
                list("order").stream().map(QueryParameters::order).toList(),
                number("limit", Integer.MAX_VALUE).map(Math::toIntExact),
                one("require").map(QueryParser::require).orElse(Require.ANY),
                number("maxStalenessMillis", Long.MAX_VALUE));
    }

    private List<String> all(String key) {
        return parameters.getOrDefault(key, List.of());
    }

    private Optional<String> one(String key) {
        return all(key).stream().findFirst().filter(text -> !text.isEmpty());
    }

    private List<String> list(String key) {
        return all(key).stream()
                .flatMap(text -> List.of(text.split(",")).stream())
                .map(String::trim)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private Optional<Long> number(String key, long most) {
        return one(key).map(text -> {
            try {
                long number = Long.parseLong(text);
                if (number >= 0 && number <= most) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                // Told below, as a number out of range is.
            }
            throw JsonFields.bad(key + " is " + text + ".", "Give a whole number from 0 to " + most + ".", text);
        });
    }

    private static Filter filter(String text) {
        String[] pieces = text.split(":", 3);
        if (pieces.length < 2) {
            throw JsonFields.bad(
                    "The filter " + text + " names no operator.", "Write dimension:operator:value1,value2.", text);
        }
        return new Filter(
                pieces[0], QueryParser.operator(pieces[1]), pieces.length < 3 ? List.of() : values(pieces[2]));
    }

    private static List<Object> values(String text) {
        List<Object> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escapes = c == '\\' && i + 1 < text.length() && ",\\".indexOf(text.charAt(i + 1)) >= 0;
            if (escapes) {
                value.append(text.charAt(++i));
            } else if (c == ',') {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        return values;
    }

    private static Order order(String text) {
        int colon = text.lastIndexOf(':');
        return colon < 0
                ? new Order(text, Direction.ASC)
                : new Order(text.substring(0, colon), QueryParser.direction(text.substring(colon + 1)));
    }
}
