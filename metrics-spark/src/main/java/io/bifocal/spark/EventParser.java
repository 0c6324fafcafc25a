package io.bifocal.spark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.ValueType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the columns of a model from a record's JSON, without a tree. The payload is one JSON object in UTF-8 and nothing
 * else. Null and absent are the same; the last of equal keys counts; keys that no column names are skipped. Into columns of
 * other types than string, text is cast ({@link Casts}); a string column takes numbers and booleans as the JSON writes them,
 * and objects and arrays as their JSON text. Not safe for use by several threads.
 */
final class EventParser {
    private static final int MAX_DEPTH = 200;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private final List<Column> columns;
    private final FieldTree root;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final CharBuffer scratch = CharBuffer.allocate(1024);

    EventParser(List<Column> columns) {
        this.columns = List.copyOf(columns);
        this.root = FieldTree.of(columns);
    }

    /**
     * Reads one value for each column, in the model's order.
     *
     * @throws MalformedException with the reason
     */
    Object[] parse(byte[] payload) {
        if (payload == null) {
            throw new MalformedException("the record has no value (a tombstone)");
        }
        requireUtf8(payload);
        int start = startsWithByteOrderMark(payload) ? 3 : 0;
        Object[] values = new Object[columns.size()];
        try (JsonParser json = JSON.createParser(payload, start, payload.length - start)) {
            JsonToken first = json.nextToken();
            if (first != JsonToken.START_OBJECT) {
                throw new MalformedException(
                        first == null ? "the record is empty" : "not a JSON object but " + name(first));
            }
            readObject(json, root, values, payload, start);
            if (json.nextToken() != null) {
                throw new MalformedException("there is more after the JSON object");
            }
            return values;
        } catch (JsonProcessingException broken) {
            throw new MalformedException("not JSON: " + reason(broken));
        } catch (IOException impossible) {
            throw new MalformedException("not JSON: " + impossible.getMessage());
        }
    }

    private void readObject(JsonParser json, FieldTree node, Object[] values, byte[] payload, int start)
            throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            FieldTree child = node.child(json.currentName());
            JsonToken token = json.nextToken();
            if (child == null) {
                json.skipChildren();
            } else {
                child.clear(values);
                readField(json, token, child, values, payload, start);
            }
        }
    }

    private void readField(
            JsonParser json, JsonToken token, FieldTree field, Object[] values, byte[] payload, int start)
            throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (!token.isStructStart()) {
            for (int column : field.columns()) {
                values[column] = scalar(json, token, columns.get(column));
            }
            return;
        }
        int from = start + (int) json.currentTokenLocation().getByteOffset();
        if (token == JsonToken.START_OBJECT && field.hasChildren()) {
            readObject(json, field, values, payload, start);
        } else {
            json.skipChildren();
        }
        for (int column : field.columns()) {
            int to = start + (int) json.currentTokenLocation().getByteOffset() + 1;
            values[column] = structure(token, columns.get(column), payload, from, to);
        }
    }

    private static Object structure(JsonToken token, Column column, byte[] payload, int from, int to) {
        if (column.type().kind() != ValueType.Kind.STRING) {
            throw new MalformedException("column " + column.name() + ": " + name(token) + " is not a " + column.type());
        }
        return new String(payload, from, to - from, StandardCharsets.UTF_8);
    }

    private static Object scalar(JsonParser json, JsonToken token, Column column) throws IOException {
        ValueType type = column.type();
        if (token == JsonToken.VALUE_STRING) {
            return Casts.cast(column.name(), type, json.getText());
        }
        if (token == JsonToken.VALUE_NUMBER_INT && type.kind() == ValueType.Kind.LONG) {
            JsonParser.NumberType size = json.getNumberType();
            if (size != JsonParser.NumberType.BIG_INTEGER) {
                return json.getLongValue();
            }
        }
        boolean truth = token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
        if (truth && type.kind() == ValueType.Kind.BOOLEAN) {
            return token == JsonToken.VALUE_TRUE;
        }
        if (type.kind() == ValueType.Kind.TIMESTAMP || (truth && type.numeric())) {
            throw new MalformedException(
                    "column " + column.name() + ": " + json.getText() + " is not a " + type + (truth ? "" : " text"));
        }
        return number(json, column);
    }

    /** A JSON number is cast as its text is: 1.10 keeps its digits in a string and in a decimal. */
    private static Object number(JsonParser json, Column column) throws IOException {
        return Casts.cast(column.name(), column.type(), json.getText());
    }

    private static boolean startsWithByteOrderMark(byte[] payload) {
        return payload.length >= 3
                && payload[0] == (byte) 0xEF
                && payload[1] == (byte) 0xBB
                && payload[2] == (byte) 0xBF;
    }

    /** Jackson lets some malformed sequences pass, above all in what it skips. */
    private void requireUtf8(byte[] payload) {
        int ascii = 0;
        while (ascii < payload.length && payload[ascii] >= 0) {
            ascii++;
        }
        if (ascii == payload.length) {
            return;
        }
        ByteBuffer rest = ByteBuffer.wrap(payload, ascii, payload.length - ascii);
        decoder.reset();
        CoderResult result;
        do {
            scratch.clear();
            result = decoder.decode(rest, scratch, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw new MalformedException("not UTF-8 at byte " + rest.position());
        }
    }

    private static String name(JsonToken token) {
        return switch (token) {
            case START_ARRAY -> "an array";
            case START_OBJECT -> "an object";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "the end of one";
        };
    }

    private static String reason(JsonProcessingException broken) {
        String message = broken.getOriginalMessage().lines().findFirst().orElse("broken");
        String shown = message.length() > 200 ? message.substring(0, 200) + "…" : message;
        return broken.getLocation() == null
                ? shown
                : shown + " (at byte " + broken.getLocation().getByteOffset() + ")";
    }

    /** The columns' paths as a tree, so that one pass over the JSON finds all of them. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record FieldTree(String[] names, FieldTree[] children, int[] columns, int[] below) {
        static FieldTree of(List<Column> columns) {
            int[] all = new int[columns.size()];
            Arrays.setAll(all, i -> i);
            return of(columns, all, 0);
        }

        private static FieldTree of(List<Column> columns, int[] members, int depth) {
            String[] names = Arrays.stream(members)
                    .mapToObj(member -> columns.get(member).path())
                    .filter(path -> path.size() > depth)
                    .map(path -> path.get(depth))
                    .distinct()
                    .toArray(String[]::new);
            FieldTree[] children = new FieldTree[names.length];
            for (int i = 0; i < names.length; i++) {
                String name = names[i];
                int[] inside = Arrays.stream(members)
                        .filter(member -> columns.get(member).path().size() > depth)
                        .filter(member -> columns.get(member).path().get(depth).equals(name))
                        .toArray();
                children[i] = of(columns, inside, depth + 1);
            }
            int[] here = Arrays.stream(members)
                    .filter(member -> columns.get(member).path().size() == depth)
                    .toArray();
            return new FieldTree(names, children, here, members);
        }

        boolean hasChildren() {
            return names.length > 0;
        }

        FieldTree child(String name) {
            for (int i = 0; i < names.length; i++) {
                if (names[i].equals(name)) {
                    return children[i];
                }
            }
            return null;
        }

        /** A key that comes again takes back all that its earlier occurrence said. */
        void clear(Object[] values) {
            for (int column : below) {
                values[column] = null;
            }
        }
    }
}
