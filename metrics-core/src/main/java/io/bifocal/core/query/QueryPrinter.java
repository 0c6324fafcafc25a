package io.bifocal.core.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.query.Query.Fill;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.Query.TimeRange;
import java.math.BigDecimal;
import java.util.List;

/** Writes a query in the form that {@link QueryParser} reads, leaving out what is not asked for. */
public final class QueryPrinter {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private QueryPrinter() {}

    public static ObjectNode toJson(Query query) {
        ObjectNode json = NODES.objectNode();
        json.put("model", query.model());
        texts(json, "metrics", query.metrics());
        texts(json, "dimensions", query.dimensions());
        if (!query.time().equals(TimeRange.ALL)) {
            json.set("time", time(query.time()));
        }
        if (!query.filters().isEmpty()) {
            ArrayNode filters = json.putArray("filters");
            query.filters().forEach(filter -> filters.add(filter(filter)));
        }
        if (!query.order().isEmpty()) {
            ArrayNode order = json.putArray("order");
            query.order().forEach(each -> order.addObject()
                    .put("by", each.by())
                    .put("direction", each.direction().text()));
        }
        query.limit().ifPresent(limit -> json.put("limit", limit));
        if (query.require() != Require.ANY || query.maxStalenessMillis().isPresent()) {
            ObjectNode demands = json.putObject("consistency");
            demands.put("require", query.require().text());
            query.maxStalenessMillis().ifPresent(millis -> demands.put("maxStalenessMillis", millis));
        }
        return json;
    }

    private static ObjectNode time(TimeRange time) {
        ObjectNode json = NODES.objectNode();
        time.from().ifPresent(from -> json.put("from", from.toString()));
        time.to().ifPresent(to -> json.put("to", to.toString()));
        time.granularity().ifPresent(granularity -> json.put("granularity", granularity.text()));
        json.put("zone", time.zone().getId());
        if (time.fill() != Fill.NONE) {
            json.put("fill", time.fill().text());
        }
        return json;
    }

    private static ObjectNode filter(Query.Filter filter) {
        ObjectNode json = NODES.objectNode();
        json.put("dimension", filter.dimension());
        json.put("operator", filter.operator().text());
        ArrayNode values = json.putArray("values");
        for (Object value : filter.values()) {
            if (value instanceof BigDecimal number) {
                values.add(number);
            } else if (value instanceof Boolean truth) {
                values.add(truth);
            } else {
                values.add((String) value);
            }
        }
        return json;
    }

    private static void texts(ObjectNode json, String key, List<String> texts) {
        if (!texts.isEmpty()) {
            ArrayNode array = json.putArray(key);
            texts.forEach(array::add);
        }
    }
}
