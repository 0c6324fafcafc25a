package io.bifocal.core.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects the faults of one file while it is read, so that all are told at once. */
final class Faults {
    private final String file;
    private final List<Fault> found = new ArrayList<>();

    Faults(String file) {
        this.file = file;
    }

    void at(Node node, String problem, String remedy) {
        at(line(node), problem, remedy);
    }

    void at(int line, String problem, String remedy) {
        found.add(new Fault(file, line, problem, remedy));
    }

    int size() {
        return found.size();
    }

    /** By line; faults of one line in the order in which they were found. */
    List<Fault> sorted() {
        return found.stream()
                .distinct()
                .sorted(Comparator.comparingInt(Fault::line))
                .toList();
    }

    /** The line on which a node begins, from 1. */
    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }
}
