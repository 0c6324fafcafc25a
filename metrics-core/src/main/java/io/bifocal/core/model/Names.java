package io.bifocal.core.model;

import io.bifocal.core.model.Section.Word;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** What things may be called: checks names, and that no two things of a kind have the same. */
final class Names {
    /** Fields of every row of an answer. */
    private static final List<String> RESERVED = List.of("time", "status", "estimates");

    private static final Pattern IDENTIFIER = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*");
    private static final Pattern COLUMN = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final int MAX_LENGTH = 100;

    private final Faults faults;
    private final String kind;
    private final Map<String, Node> declared = new HashMap<>();

    /** @param kind of things that must differ in name, as faults call them */
    Names(Faults faults, String kind) {
        this.faults = faults;
        this.kind = kind;
    }

    /** Checks the name of a dimension, metric or rollup, and notes it; empty where it cannot be used. */
    Optional<String> declare(Section section) {
        Optional<Word> name = section.name("name", "Give the " + kind + " a name, such as `name: by_country`.");
        // noted first, so that nothing that refers to it is blamed for its name
        return name.filter(this::unique)
                .filter(word -> identifier(faults, kind, word))
                .filter(this::free)
                .map(Word::text);
    }

    boolean has(String name) {
        return declared.containsKey(name);
    }

    List<String> all() {
        return declared.keySet().stream().sorted().toList();
    }

    /** Makes every name a fault that another kind of thing has too. */
    void differFrom(Names others) {
        declared.forEach((name, node) -> {
            if (others.has(name)) {
                faults.at(
                        node,
                        "The " + kind + " `" + name + "` has the name of a " + others.kind + "; that is on line "
                                + Faults.line(others.declared.get(name)) + ".",
                        "Rename one of them: both would be the same column of an answer.");
            }
        });
    }

    static boolean identifier(Faults faults, String kind, Word name) {
        if (IDENTIFIER.matcher(name.text()).matches() && name.text().length() <= MAX_LENGTH) {
            return true;
        }
        faults.at(
                name.node(),
                "`" + name.text() + "` cannot be the name of a " + kind + ".",
                "Use letters, digits and _, beginning with a letter, at most " + MAX_LENGTH + ".");
        return false;
    }

    static boolean column(String name) {
        return COLUMN.matcher(name).matches() && name.length() <= MAX_LENGTH;
    }

    private boolean free(Word name) {
        if (!RESERVED.contains(name.text())) {
            return true;
        }
        faults.at(
                name.node(),
                "`" + name.text() + "` cannot be the name of a " + kind + ": every row of an answer has a field of that"
                        + " name.",
                "Choose another name; " + String.join(", ", RESERVED) + " are reserved.");
        return false;
    }

    private boolean unique(Word name) {
        Node first = declared.putIfAbsent(name.text(), name.node());
        if (first == null) {
            return true;
        }
        faults.at(
                name.node(),
                "There is another " + kind + " `" + name.text() + "`, on line " + Faults.line(first) + ".",
                "Rename one of them.");
        return false;
    }
}
