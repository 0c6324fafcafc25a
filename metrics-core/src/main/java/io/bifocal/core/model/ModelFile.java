package io.bifocal.core.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads model files. A wrong one is refused with all of its faults at once. */
public final class ModelFile {
    private static final int MAX_CHARACTERS = 1_000_000;
    private static final int MAX_DEPTH = 20;

    private ModelFile() {}

    /**
     * What could be read of a file.
     *
     * @param draft what is sound of the model, so that its expressions can be analysed and their faults told with the
     *     others; empty where nothing can be said of expressions, because there are no columns
     * @param doubtful columns of which nothing is to be believed but that they are meant to be there
     * @param faults by line; when there are none, {@code draft} is the model
     */
    public record Reading(Optional<Model> draft, Set<String> doubtful, List<Fault> faults) {}

    /**
     * Reads a model.
     *
     * @param fileName how faults name the file
     * @throws ModelFaults if anything is wrong with it
     */
    public static Model parse(String fileName, String yaml) {
        Reading reading = read(fileName, yaml);
        if (!reading.faults().isEmpty()) {
            throw new ModelFaults(reading.faults());
        }
        return reading.draft().orElseThrow();
    }

    /** Reads as much as can be read, and all faults. Expressions of Spark SQL are not looked into. */
    public static Reading read(String fileName, String yaml) {
        Faults faults = new Faults(fileName);
        ModelReader reader = new ModelReader(faults, yaml);
        Optional<Model> draft = compose(yaml, faults).flatMap(reader::read);
        return new Reading(draft, reader.doubtful(), faults.sorted());
    }

    /**
     * The line, from 1, of a key of a named dimension, metric or rollup, for faults that are found later: {@code
     * line(yaml, "metrics", "revenue", "expr")}. Where there is no such key, the line of what comes nearest.
     */
    public static int line(String yaml, String section, String name, String key) {
        Optional<Node> root = compose(yaml, new Faults(""));
        Optional<Node> list = root.flatMap(node -> valueOf(node, section));
        Optional<Node> item = list.flatMap(node -> itemNamed(node, name));
        Optional<Node> value = item.flatMap(node -> valueOf(node, key));
        return value.or(() -> item)
                .or(() -> list)
                .or(() -> root)
                .map(Faults::line)
                .orElse(1);
    }

    private static Optional<Node> compose(String yaml, Faults faults) {
        if (yaml.length() > MAX_CHARACTERS) {
            faults.at(1, "The file has more than " + MAX_CHARACTERS + " characters.", "Split it into smaller models.");
            return Optional.empty();
        }
        try {
            LoadSettings settings = LoadSettings.builder().setUseMarks(true).build();
            if (tooDeep(settings, yaml, faults)) {
                return Optional.empty();
            }
            Optional<Node> root = new Compose(settings).composeString(yaml);
            if (root.isEmpty()) {
                faults.at(1, "The file is empty.", "Begin with `version: 1` and `model: <name>`.");
            }
            return root;
        } catch (MarkedYamlEngineException notYaml) {
            int line = notYaml.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            String context = notYaml.getContext() == null ? "" : notYaml.getContext() + ", ";
            faults.at(line, "The file is not YAML: " + context + notYaml.getProblem() + ".", "Mend the syntax there.");
        } catch (YamlEngineException notYaml) {
            faults.at(1, "The file is not YAML: " + notYaml.getMessage() + ".", "Mend the syntax.");
        }
        return Optional.empty();
    }

    /** Composing recurses, so that deep nesting, which no model needs, would exhaust the stack. */
    private static boolean tooDeep(LoadSettings settings, String yaml, Faults faults) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(yaml)) {
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                int line = event.getStartMark().map(Mark::getLine).orElse(0) + 1;
                faults.at(
                        line, "Lists and mappings are nested too deeply.", "No part of a model needs more than four.");
                return true;
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
        }
        return false;
    }

    private static Optional<Node> valueOf(Node mapping, String key) {
        if (!(mapping instanceof MappingNode node)) {
            return Optional.empty();
        }
        return node.getValue().stream()
                .filter(tuple -> isText(tuple.getKeyNode(), key))
                .map(NodeTuple::getValueNode)
                .findFirst();
    }

    private static Optional<Node> itemNamed(Node list, String name) {
        if (!(list instanceof SequenceNode node)) {
            return Optional.empty();
        }
        return node.getValue().stream()
                .filter(item -> valueOf(item, "name")
                        .filter(value -> isText(value, name))
                        .isPresent())
                .findFirst();
    }

    private static boolean isText(Node node, String text) {
        return node instanceof ScalarNode scalar && scalar.getValue().equals(text);
    }
}
