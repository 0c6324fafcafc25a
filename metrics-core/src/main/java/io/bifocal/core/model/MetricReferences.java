package io.bifocal.core.model;

import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Section.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that the metrics that others are computed from exist, and that none is computed from itself. */
final class MetricReferences {
    private record Computed(Section section, List<Word> inputs) {}

    private final Faults faults;
    private final Names metrics;
    private final Map<String, Computed> computed = new LinkedHashMap<>();

    MetricReferences(Faults faults, Names metrics) {
        this.faults = faults;
        this.metrics = metrics;
    }

    /** Notes what a ratio or derived metric is computed from. */
    void add(Section section, String name, List<Word> inputs) {
        computed.putIfAbsent(name, new Computed(section, inputs));
    }

    /** Makes faults of unknown inputs and of cycles; to be called when all metrics are declared. */
    void check() {
        computed.forEach((name, metric) -> metric.inputs().forEach(this::checkKnown));
        Set<String> settled = new HashSet<>();
        computed.keySet().forEach(name -> findCycle(name, new ArrayList<>(), settled));
    }

    private void checkKnown(Word input) {
        if (!metrics.has(input.text())) {
            faults.at(
                    input.node(),
                    "Unknown metric `" + input.text() + "`.",
                    Nearest.remedy(input.text(), metrics.all()));
        }
    }

    private void findCycle(String name, List<String> path, Set<String> settled) {
        int start = path.indexOf(name);
        if (start >= 0) {
            List<String> cycle = new ArrayList<>(path.subList(start, path.size()));
            cycle.add(name);
            computed.get(name)
                    .section()
                    .fault(
                            "name",
                            "The metric `" + name + "` is computed from itself: " + String.join(" → ", cycle) + ".",
                            "Break the cycle.");
            return;
        }
        if (!computed.containsKey(name) || !settled.add(name)) {
            return;
        }
        path.add(name);
        computed.get(name).inputs().forEach(input -> findCycle(input.text(), path, settled));
        path.remove(path.size() - 1);
    }
}
