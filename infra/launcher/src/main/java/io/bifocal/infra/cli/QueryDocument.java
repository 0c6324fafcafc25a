package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Options of {@code query} as the body of {@code POST /query}. */
final class QueryDocument {
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private QueryDocument() {}

    record Time(Optional<String> from, Optional<String> to, Optional<String> granularity, Optional<String> zone) {
        boolean given() {
            return from.isPresent() || to.isPresent() || granularity.isPresent() || zone.isPresent();
        }
    }

    static JsonNode of(
            String model,
            List<String> metrics,
            List<String> dimensions,
            Time time,
            List<String> where,
            List<String> order,
            Optional<Integer> limit,
            Optional<String> require) {
        ObjectNode query = Api.JSON.createObjectNode().put("model", model);
        metrics.forEach(query.putArray("metrics")::add);
        dimensions.forEach(query.putArray("dimensions")::add);
        if (time.given()) {
            query.set("time", time(time));
        }
        query.set("filters", filters(where));
        ArrayNode orders = query.putArray("order");
        order.forEach(text -> orders.add(order(text)));
        limit.ifPresent(rows -> query.put("limit", rows));
        require.ifPresent(what -> query.putObject("consistency").put("require", what));
        return query;
    }

    private static ObjectNode time(Time time) {
        ObjectNode node = Api.JSON.createObjectNode();
        time.from().ifPresent(from -> node.put("from", instant(from, time.zone())));
        time.to().ifPresent(to -> node.put("to", instant(to, time.zone())));
        time.granularity().ifPresent(granularity -> node.put("granularity", granularity));
        time.zone().ifPresent(zone -> node.put("zone", zone));
        return node;
    }

    /** A date alone is its first instant in the zone; anything else is left for the API to judge. */
    private static String instant(String text, Optional<String> zone) {
        if (!DATE.matcher(text).matches()) {
            return text;
        }
        try {
            return LocalDate.parse(text)
                    .atStartOfDay(ZoneId.of(zone.orElse("UTC")))
                    .toInstant()
                    .toString();
        } catch (DateTimeException leftToTheApi) {
            return text;
        }
    }

    /** Conditions on one dimension with one operator are one filter: any of its values. */
    private static ArrayNode filters(List<String> where) {
        Map<String, ObjectNode> filters = new LinkedHashMap<>();
        for (String condition : where) {
            int equals = condition.indexOf('=');
            if (equals <= 0) {
                throw bad("--where " + condition, "Write --where dimension=value, or dimension!=value.");
            }
            boolean negated = condition.charAt(equals - 1) == '!';
            String dimension = condition.substring(0, negated ? equals - 1 : equals);
            String operator = negated ? "notEquals" : "equals";
            ObjectNode filter = filters.computeIfAbsent(dimension + operator, key -> {
                ObjectNode created =
                        Api.JSON.createObjectNode().put("dimension", dimension).put("operator", operator);
                created.putArray("values");
                return created;
            });
            ((ArrayNode) filter.get("values")).add(condition.substring(equals + 1));
        }
        return Api.JSON.createArrayNode().addAll(filters.values());
    }

    private static ObjectNode order(String text) {
        int colon = text.lastIndexOf(':');
        String by = colon < 0 ? text : text.substring(0, colon);
        String direction = colon < 0 ? "asc" : text.substring(colon + 1);
        if (!direction.equals("asc") && !direction.equals("desc")) {
            throw bad("--order " + text, "Write --order name:asc or name:desc.");
        }
        return Api.JSON.createObjectNode().put("by", by).put("direction", direction);
    }

    private static RuntimeException bad(String what, String remedy) {
        return Errors.of(ErrorCode.BAD_REQUEST, "Cannot read " + what + ".", remedy);
    }
}
