package io.bifocal.core.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the fields of a JSON object strictly: an unknown key or another type than asked for is a fault that names it. */
final class JsonFields {
    private final JsonNode object;
    private final String where;

    /**
     * @param where the object stands, for faults; empty for the outermost
     * @param keys that it may have
     */
    JsonFields(JsonNode object, String where, List<String> keys) {
        if (!object.isObject()) {
            throw bad((where.isEmpty() ? "The query" : where) + " is " + kind(object) + ", not an object.", "", object);
        }
        object.fieldNames().forEachRemaining(key -> {
            if (!keys.contains(key)) {
                throw Errors.of(
                        ErrorCode.BAD_REQUEST,
                        "Unknown key " + path(where, key) + ".",
                        Nearest.remedy(key, keys),
                        Map.of("key", path(where, key), "near", Nearest.of(key, keys)));
            }
        });
        this.object = object;
        this.where = where;
    }

    static BifocalException bad(String problem, String remedy, Object value) {
        return Errors.of(
                ErrorCode.BAD_REQUEST,
                problem,
                remedy.isEmpty() ? "See the query's form in the API's description." : remedy,
                Map.of("value", String.valueOf(value)));
    }

    boolean has(String key) {
        return object.hasNonNull(key);
    }

    String path(String key) {
        return path(where, key);
    }

    String requiredText(String key) {
        return text(key).orElseThrow(() -> bad(path(key) + " is missing.", "Give " + key + ".", object));
    }

    Optional<String> text(String key) {
        return field(key).map(node -> text(node, path(key)));
    }

    Optional<Long> wholeNumber(String key, long least, long most) {
        return field(key).map(node -> {
            if (!node.isIntegralNumber()) {
                throw bad(path(key) + " is " + kind(node) + ", not a whole number.", "", node);
            }
            if (!node.canConvertToLong() || node.longValue() < least || node.longValue() > most) {
                throw bad(path(key) + " is " + node + ".", "Give a number from " + least + " to " + most + ".", node);
            }
            return node.longValue();
        });
    }

    List<String> texts(String key) {
        return list(key, element -> text(element, path(key) + "[]"));
    }

    <T> List<T> list(String key, Function<JsonNode, T> element) {
        Optional<JsonNode> array = field(key);
        if (array.isEmpty()) {
            return List.of();
        }
        if (!array.get().isArray()) {
            throw bad(
                    path(key) + " is " + kind(array.get()) + ", not a list.",
                    "Write [" + array.get() + "].",
                    array.get());
        }
        List<T> elements = new ArrayList<>();
        array.get().forEach(node -> elements.add(element.apply(node)));
        return elements;
    }

    Optional<JsonFields> object(String key, List<String> keys) {
        return field(key).map(node -> new JsonFields(node, path(key), keys));
    }

    private Optional<JsonNode> field(String key) {
        return has(key) ? Optional.of(object.get(key)) : Optional.empty();
    }

    private static String path(String where, String key) {
        return where.isEmpty() ? key : where + "." + key;
    }

    private static String text(JsonNode node, String path) {
        if (!node.isTextual()) {
            throw bad(path + " is " + kind(node) + ", not a text.", "", node);
        }
        return node.textValue();
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "a text";
            case NUMBER -> "the number " + node;
            case BOOLEAN -> "the truth value " + node;
            default -> "null";
        };
    }
}
