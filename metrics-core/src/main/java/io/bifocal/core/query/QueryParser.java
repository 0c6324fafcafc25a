package io.bifocal.core.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.query.Query.Direction;
import io.bifocal.core.query.Query.Fill;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Operator;
import io.bifocal.core.query.Query.Order;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.time.Granularity;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the JSON form of a question. {@link QueryParameters} reads the form of a URL's parameters. */
public final class QueryParser {
    /** Beyond any calendar that people use; keeps arithmetic on times within range. */
    private static final int MAX_YEAR = 9999;

    /** Written out, a number with a large exponent would be longer than any request. */
    private static final int MOST_DIGITS = 1_000;

    private static final List<String> KEYS = List.of(
            "model",
            "metrics",
            "dimensions",
            "time",
            "filters",
            "order",
            "limit",
            "consistency",
            "require",
            "maxStalenessMillis",
            "answer");

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private QueryParser() {}

    /**
     * Reads a question: a query, or {@code {"answer": token}} alone.
     *
     * @throws io.bifocal.core.error.BifocalException {@code BAD_REQUEST} for another form, {@code UNKNOWN_NAME} for an unknown
     *     zone, granularity, operator or direction
     */
    public static Question parse(String json) {
        return parse(tree(json));
    }

    static JsonNode tree(String json) {
        try {
            JsonNode tree = MAPPER.readTree(json);
            if (tree == null || tree.isMissingNode()) {
                throw Errors.of(ErrorCode.BAD_REQUEST, "There is no query in the request.", "Send a JSON object.");
            }
            return tree;
        } catch (JsonProcessingException broken) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "The JSON is broken: " + broken.getOriginalMessage() + " (line "
                            + (broken.getLocation() == null
                                    ? 0
                                    : broken.getLocation().getLineNr()) + ")",
                    "Send one well-formed JSON object.",
                    broken);
        } catch (NumberFormatException beyond) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "A number of the query has an exponent that no number has here.",
                    "Give a smaller number.",
                    beyond);
        }
    }

    static Question parse(JsonNode tree) {
        JsonFields fields = new JsonFields(tree, "", KEYS);
        if (fields.has("answer")) {
            if (tree.size() > 1) {
                throw JsonFields.bad(
                        "answer stands beside other keys.", "Ask for an earlier answer by its token alone.", tree);
            }
            return new Question.Earlier(fields.requiredText("answer"));
        }
        return query(fields);
    }

    private static Query query(JsonFields fields) {
        // "require" and "maxStalenessMillis" belong into "consistency", and are understood beside it.
        JsonFields demands = fields.object("consistency", List.of("require", "maxStalenessMillis"))
                .orElse(fields);
        return new Query(
                fields.requiredText("model"),
                fields.texts("metrics"),
                fields.texts("dimensions"),
                fields.object("time", List.of("from", "to", "granularity", "zone", "fill"))
                        .map(QueryParser::timeRange)
                        .orElse(TimeRange.ALL),
                fields.list("filters", QueryParser::filter),
                fields.list("order", QueryParser::order),
                fields.wholeNumber("limit", 0, Integer.MAX_VALUE).map(Math::toIntExact),
                demands.text("require").map(QueryParser::require).orElse(Require.ANY),
                demands.wholeNumber("maxStalenessMillis", 0, Long.MAX_VALUE));
    }

    private static TimeRange timeRange(JsonFields time) {
        return timeRange(
                time.text("from"), time.text("to"), time.text("granularity"), time.text("zone"), time.text("fill"));
    }

    static TimeRange timeRange(
            Optional<String> from,
            Optional<String> to,
            Optional<String> granularity,
            Optional<String> zone,
            Optional<String> fill) {
        Optional<Instant> start = from.map(text -> instant("time.from", text));
        Optional<Instant> end = to.map(text -> instant("time.to", text));
        if (start.isPresent() && end.isPresent() && end.get().isBefore(start.get())) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    "The range ends at " + end.get() + ", before it begins at " + start.get() + ".",
                    "Let from be before to.");
        }
        return new TimeRange(
                start,
                end,
                granularity.map(
                        text -> named("granularity", text, Arrays.asList(Granularity.values()), Granularity::text)),
                zone.map(QueryParser::zone).orElse(TimeRange.ALL.zone()),
                fill.map(text -> named("fill", text, Arrays.asList(Fill.values()), Fill::text))
                        .orElse(Fill.NONE));
    }

    private static Filter filter(JsonNode node) {
        JsonFields filter = new JsonFields(node, "filters[]", List.of("dimension", "operator", "values"));
        List<Object> values = new ArrayList<>(filter.list("values", QueryParser::value));
        return new Filter(filter.requiredText("dimension"), operator(filter.requiredText("operator")), values);
    }

    private static Object value(JsonNode node) {
        if (node.isContainerNode()) {
            throw JsonFields.bad(
                    "filters[].values[] holds " + node + ".", "Give texts, numbers, true, false or null.", node);
        }
        return node.isNull()
                ? null
                : node.isNumber() ? number(node) : node.isBoolean() ? node.booleanValue() : node.textValue();
    }

    private static BigDecimal number(JsonNode node) {
        BigDecimal number = node.decimalValue();
        if (Math.abs((long) number.scale()) > MOST_DIGITS) {
            throw JsonFields.bad(
                    "filters[].values[] holds " + node + ".",
                    "Give a number of less than " + MOST_DIGITS + " digits.",
                    node);
        }
        return number;
    }

    private static Order order(JsonNode node) {
        JsonFields order = new JsonFields(node, "order[]", List.of("by", "direction"));
        return new Order(
                order.requiredText("by"),
                order.text("direction").map(QueryParser::direction).orElse(Direction.ASC));
    }

    static Operator operator(String text) {
        return named("operator", text, Arrays.asList(Operator.values()), Operator::text);
    }

    static Direction direction(String text) {
        return named("direction", text, Arrays.asList(Direction.values()), Direction::text);
    }

    static Require require(String text) {
        return named("require", text, Arrays.asList(Require.values()), Require::text);
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text).normalized();
        } catch (DateTimeException unknown) {
            throw unknown(
                    "zone",
                    text,
                    ZoneId.getAvailableZoneIds().stream().sorted().toList(),
                    "Name a zone of the " + "IANA database, such as Europe/London, or an offset, such as +05:30.");
        }
    }

    /**
     * Reads a time of RFC 3339: a date, a time, and an offset.
     *
     * @param what it is, for the refusal
     * @throws io.bifocal.core.error.BifocalException {@code BAD_REQUEST} where it is none
     */
    public static Instant instant(String what, String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() < 1 || time.getYear() > MAX_YEAR) {
                throw JsonFields.bad(what + " is in the year " + time.getYear() + ".", "Give a year up to 9999.", text);
            }
            return time.toInstant();
        } catch (DateTimeException unreadable) {
            throw JsonFields.bad(
                    what + " is " + text + ", not a time of RFC 3339.", "Write it as 2010-12-01T00:00:00Z.", text);
        }
    }

    private static <T> T named(String what, String text, List<T> known, Function<T, String> name) {
        return known.stream()
                .filter(each -> name.apply(each).equals(text))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> names = known.stream().map(name).toList();
                    return unknown(what, text, names, Nearest.remedy(text, names));
                });
    }

    private static RuntimeException unknown(String what, String text, List<String> known, String otherwise) {
        List<String> near = Nearest.of(text, known);
        return Errors.of(
                ErrorCode.UNKNOWN_NAME,
                "Unknown " + what + " " + text + ".",
                near.isEmpty() ? otherwise : Nearest.remedy(text, known),
                Map.of("kind", what, "unknown", List.of(text), "near", near));
    }
}
