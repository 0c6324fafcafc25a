package io.bifocal.core.model;

import io.bifocal.core.error.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping of a model file, read key by key. What is missing or of the wrong type becomes a fault and reads as empty, so
 * that reading goes on.
 */
final class Section {
    /** Text of the file, with the node that says where it stands. */
    record Word(String text, Node node) {}

    private final Faults faults;
    private final String title;
    private final Node node;
    private final Map<String, NodeTuple> entries;

    private Section(Faults faults, String title, Node node, Map<String, NodeTuple> entries) {
        this.faults = faults;
        this.title = title;
        this.node = node;
        this.entries = entries;
    }

    /**
     * Reads a mapping.
     *
     * @param title how faults name it
     */
    static Optional<Section> of(Faults faults, String title, Node node) {
        if (node instanceof MappingNode mapping) {
            Section section = new Section(faults, title, mapping, new LinkedHashMap<>());
            mapping.getValue().forEach(section::add);
            return Optional.of(section);
        }
        faults.at(node, title + " must be a mapping, not " + kind(node) + ".", "Write it as `key: value` lines.");
        return Optional.empty();
    }

    private void add(NodeTuple tuple) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            faults.at(tuple.getKeyNode(), title + " has a key that is not text.", "Write a name before the colon.");
            return;
        }
        NodeTuple first = entries.putIfAbsent(key.getValue(), tuple);
        if (first != null) {
            faults.at(
                    key,
                    title + " has the key `" + key.getValue() + "` twice; it is also on line "
                            + Faults.line(first.getKeyNode()) + ".",
                    "Keep one of them.");
        }
    }

    /** Makes every key a fault that is not one of these. */
    Section only(List<String> keys) {
        entries.forEach((key, tuple) -> {
            if (!keys.contains(key)) {
                faults.at(
                        tuple.getKeyNode(),
                        "Unknown key `" + key + "` in " + lowerFirst(title) + ".",
                        Nearest.remedy(key, keys));
            }
        });
        return this;
    }

    /** The same with its name in its title: {@code Metric `revenue`}. */
    Section titled(String kind) {
        String name = has("name") && entries.get("name").getValueNode() instanceof ScalarNode scalar
                ? " `" + scalar.getValue() + "`"
                : "";
        String titled = name.isEmpty() ? title : upperFirst(kind) + name;
        return new Section(faults, titled, node, entries);
    }

    String title() {
        return title;
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    Set<String> keys() {
        return entries.keySet();
    }

    /** The line of a key, or of the section where it lacks the key. */
    int line(String key) {
        return has(key) ? Faults.line(entries.get(key).getKeyNode()) : Faults.line(node);
    }

    void fault(String key, String problem, String remedy) {
        faults.at(line(key), problem, remedy);
    }

    /** The value of a key; a missing key or an empty value is a fault. */
    Optional<Node> required(String key, String remedy) {
        if (!has(key)) {
            faults.at(node, title + " lacks `" + key + "`.", remedy);
            return Optional.empty();
        }
        return optional(key);
    }

    /** The value of a key, if it is there; an empty value is a fault. */
    Optional<Node> optional(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        Node value = entries.get(key).getValueNode();
        if (value.getTag().equals(Tag.NULL)) {
            fault(key, "`" + key + "` in " + lowerFirst(title) + " is empty.", "Give it a value, or remove the key.");
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** Text that must be there. */
    Optional<Word> name(String key, String remedy) {
        return required(key, remedy).flatMap(value -> word(faults, quoted(key), value));
    }

    /** Text that may be there. */
    Optional<Word> word(String key) {
        return optional(key).flatMap(value -> word(faults, quoted(key), value));
    }

    /** Text for people or for Spark, where a number or {@code true} will do as well; blank text is a fault. */
    Optional<String> freeText(String key) {
        return optional(key).flatMap(value -> freeText(key, value));
    }

    /** As {@link #freeText(String)}, of a key that must be there. */
    Optional<String> requiredText(String key, String remedy) {
        return required(key, remedy).flatMap(value -> freeText(key, value));
    }

    private Optional<String> freeText(String key, Node value) {
        if (!(value instanceof ScalarNode scalar)) {
            return wrongType(faults, quoted(key), "text", value);
        }
        if (scalar.getValue().isBlank()) {
            fault(key, quoted(key) + " is blank.", "Give it a value, or remove the key.");
            return Optional.empty();
        }
        return Optional.of(scalar.getValue().strip());
    }

    Optional<Double> number(String key) {
        return optional(key).flatMap(value -> {
            boolean number = value.getTag().equals(Tag.INT) || value.getTag().equals(Tag.FLOAT);
            try {
                return number
                        ? Optional.of(Double.valueOf(((ScalarNode) value).getValue()))
                        : wrongType(faults, quoted(key), "a number", value);
            } catch (NumberFormatException notDecimal) {
                return wrongType(faults, quoted(key), "a number", value);
            }
        });
    }

    /** The items of a list; empty where the key is missing or its value is no list. */
    List<Node> list(String key) {
        return optional(key)
                .flatMap(value -> value instanceof SequenceNode list
                        ? Optional.of(list.getValue())
                        : Section.<List<Node>>wrongType(faults, quoted(key), "a list", value))
                .orElse(List.of());
    }

    /** The items of a list of names; a name that stands there twice is a fault. */
    List<Word> words(String key) {
        Map<String, Word> words = new LinkedHashMap<>();
        for (Node item : list(key)) {
            word(faults, "An item of " + lowerFirst(quoted(key)), item).ifPresent(word -> {
                if (words.putIfAbsent(word.text(), word) != null) {
                    faults.at(item, quoted(key) + " names `" + word.text() + "` twice.", "Name it once.");
                }
            });
        }
        return new ArrayList<>(words.values());
    }

    private String quoted(String key) {
        return "`" + key + "` in " + lowerFirst(title);
    }

    static boolean isEmptyList(Node node) {
        return node instanceof SequenceNode list && list.getValue().isEmpty();
    }

    /** A node as text; a number or a truth value that is not in quotes is a fault. */
    static Optional<Word> word(Faults faults, String title, Node node) {
        return node instanceof ScalarNode scalar && node.getTag().equals(Tag.STR)
                ? Optional.of(new Word(scalar.getValue(), node))
                : wrongType(faults, title, "text", node);
    }

    private static <T> Optional<T> wrongType(Faults faults, String title, String expected, Node node) {
        boolean scalar = node instanceof ScalarNode;
        faults.at(
                node,
                title + " must be " + expected + ", not " + kind(node) + ".",
                scalar && expected.equals("text") ? "Put it in quotes." : "Write " + expected + ".");
        return Optional.empty();
    }

    private static String kind(Node node) {
        if (node instanceof MappingNode) {
            return "a mapping";
        }
        if (node instanceof SequenceNode) {
            return "a list";
        }
        ScalarNode scalar = (ScalarNode) node;
        return node.getTag().equals(Tag.NULL) ? "empty" : "`" + scalar.getValue() + "`";
    }

    private static String upperFirst(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /** A title within a sentence: names in back quotes stay as they are. */
    private static String lowerFirst(String title) {
        return title.substring(0, 1).toLowerCase(Locale.ROOT) + title.substring(1);
    }
}
