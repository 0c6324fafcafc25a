package io.bifocal.core.model;

import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Section.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the columns of a model file, and what refers to them by name. */
final class ColumnsReader {
    private static final List<String> TYPES =
            List.of("string", "long", "double", "decimal(18,2)", "boolean", "timestamp");

    /** What other systems call our types. */
    private static final Map<String, String> FOREIGN_TYPES = Map.ofEntries(
            Map.entry("int", "long"),
            Map.entry("integer", "long"),
            Map.entry("bigint", "long"),
            Map.entry("text", "string"),
            Map.entry("varchar", "string"),
            Map.entry("float", "double"),
            Map.entry("real", "double"),
            Map.entry("number", "double"),
            Map.entry("bool", "boolean"),
            Map.entry("date", "timestamp"),
            Map.entry("datetime", "timestamp"),
            Map.entry("numeric", "decimal(18,2)"));

    private final Faults faults;

    /** By name, with empty types for columns whose own are at fault. */
    private final Map<String, Optional<ValueType>> declared = new LinkedHashMap<>();

    private final Set<String> doubtful = new LinkedHashSet<>();

    ColumnsReader(Faults faults) {
        this.faults = faults;
    }

    /** Those that can stand in a table; whatever is at fault about one, it is among the {@link #doubtful}. */
    List<Column> read(Section file) {
        List<Column> columns = new ArrayList<>();
        file.required("columns", "Add the columns, such as `Country: string`.")
                .flatMap(node -> Section.of(faults, "`columns`", node))
                .ifPresent(section -> {
                    if (section.keys().isEmpty()) {
                        file.fault("columns", "There are no columns.", "Add them, such as `Country: string`.");
                    }
                    differInMoreThanCase(section);
                    section.keys().forEach(name -> columns.add(column(section, name)));
                });
        Set<String> taken = new HashSet<>();
        columns.removeIf(column ->
                !Names.column(column.name()) || !taken.add(column.name().toLowerCase(Locale.ROOT)));
        return columns;
    }

    /** Columns of which nothing is to be believed but that they are meant to be there. */
    Set<String> doubtful() {
        return Set.copyOf(doubtful);
    }

    /** The columns of the event identity. */
    List<String> identity(Section file) {
        return file.words("identity").stream()
                .filter(word -> knows("the identity", word))
                .map(Word::text)
                .toList();
    }

    /** Whether there is such a column; if not, it is a fault, except where the file has no columns at all. */
    boolean knows(String user, Word column) {
        if (declared.isEmpty() || declared.containsKey(column.text())) {
            return true;
        }
        faults.at(
                column.node(),
                "Unknown column `" + column.text() + "` of " + user + ".",
                Nearest.remedy(column.text(), declared.keySet()));
        return false;
    }

    Optional<ValueType> type(String column) {
        return declared.getOrDefault(column, Optional.empty());
    }

    private Column column(Section section, String name) {
        int before = faults.size();
        declared.put(name, Optional.empty());
        if (!Names.column(name)) {
            section.fault(
                    name,
                    "`" + name + "` cannot be the name of a column.",
                    "Use letters, digits and _, and give the field's own name as a path: `{type: string, path: <field>}`.");
        }
        Optional<Column> column = section.optional(name)
                .flatMap(node -> node instanceof MappingNode ? nested(name, node) : plain(name, node));
        if (faults.size() > before) {
            doubtful.add(name);
        }
        return column.orElse(new Column(name, ValueType.STRING, List.of(name)));
    }

    private Optional<Column> plain(String name, Node node) {
        return Section.word(faults, "The type of column `" + name + "`", node)
                .flatMap(word -> type(name, word))
                .map(type -> new Column(name, type, List.of(name)));
    }

    private Optional<Column> nested(String name, Node node) {
        Section section =
                Section.of(faults, "Column `" + name + "`", node).orElseThrow().only(List.of("type", "path"));
        Optional<ValueType> type = section.name("type", Nearest.oneOf(TYPES)).flatMap(word -> type(name, word));
        Optional<List<String>> path =
                section.has("path") ? section.word("path").flatMap(this::path) : Optional.of(List.of(name));
        return type.isPresent() && path.isPresent()
                ? Optional.of(new Column(name, type.get(), path.get()))
                : Optional.empty();
    }

    private Optional<List<String>> path(Word word) {
        List<String> path = List.of(word.text().split("\\.", -1));
        if (path.stream().noneMatch(String::isBlank)) {
            return Optional.of(path);
        }
        faults.at(
                word.node(),
                "`" + word.text() + "` is not a path.",
                "Write names of nested JSON fields with points between them, such as `actor.login`.");
        return Optional.empty();
    }

    private Optional<ValueType> type(String column, Word word) {
        Optional<ValueType> type = ValueType.parse(word.text());
        declared.put(column, type);
        if (type.isEmpty()) {
            faults.at(
                    word.node(), "Unknown type `" + word.text() + "` of column `" + column + "`.", remedy(word.text()));
        }
        return type;
    }

    private static String remedy(String type) {
        String lower = type.toLowerCase(Locale.ROOT).strip();
        if (lower.startsWith("decimal")) {
            return "Write `decimal(precision,scale)` with a precision of 1 to 38 and a scale up to it, such as"
                    + " `decimal(18,2)`.";
        }
        return Optional.ofNullable(FOREIGN_TYPES.get(lower))
                .map(own -> "Did you mean " + own + "?")
                .orElseGet(() -> Nearest.remedy(lower, TYPES));
    }

    /** SQL does not tell upper from lower case in names of columns, and neither do tables. */
    private void differInMoreThanCase(Section section) {
        Map<String, String> seen = new HashMap<>();
        for (String name : section.keys()) {
            String other = seen.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
            if (other != null) {
                doubtful.addAll(List.of(name, other));
                section.fault(
                        name,
                        "Columns `" + other + "` and `" + name
                                + "` differ in case only, which SQL does not tell apart.",
                        "Rename one of them, with the field's own name as its path: `{type: string, path: " + name
                                + "}`.");
            }
        }
    }
}
