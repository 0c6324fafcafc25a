package io.bifocal.core.model;

import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Section.Word;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks that the metrics that others are computed from exist, and that none is computed from itself. */
final class MetricReferences {
    private record Computed(Section section, List<Word> inputs, boolean cumulative) {}

    private final Faults faults;
    private final Names metrics;
    private final Map<String, Computed> computed = new LinkedHashMap<>();

    MetricReferences(Faults faults, Names metrics) {
        this.faults = faults;
        this.metrics = metrics;
    }

    /** Notes what a ratio or derived metric is computed from. */
    void add(Section section, String name, List<Word> inputs) {
        computed.putIfAbsent(name, new Computed(section, inputs, false));
    }

    /** Notes what a cumulative metric cumulates. */
    void addCumulative(Section section, String name, List<Word> inputs) {
        computed.putIfAbsent(name, new Computed(section, inputs, true));
    }

    /** Makes faults of unknown inputs, of cycles and of nested windows; to be called when all metrics are declared. */
    void check() {
        computed.forEach((name, metric) -> metric.inputs().forEach(this::checkKnown));
        Set<String> settled = new HashSet<>();
        computed.keySet().forEach(name -> findCycle(name, new ArrayList<>(), settled));
        computed.values().stream().filter(Computed::cumulative).forEach(this::checkNotNested);
    }

    /** Whether a metric is cumulative, or computed from one that is. */
    boolean spansRows(String metric) {
        return cumulativeAmong(List.of(metric)).isPresent();
    }

    private void checkNotNested(Computed metric) {
        cumulativeAmong(metric.inputs().stream().map(Word::text).toList()).ifPresent(name -> metric.section()
                .fault(
                        "input_metric",
                        metric.section().title() + " cumulates `" + name + "`, which is cumulative itself.",
                        "Cumulate what `" + name + "` is made of."));
    }

    /** The first of these metrics, or of those that they are computed from, that is cumulative. */
    private Optional<String> cumulativeAmong(List<String> metrics) {
        Deque<String> open = new ArrayDeque<>(metrics);
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String name = open.remove();
            Computed input = computed.get(name);
            if (input == null || !seen.add(name)) {
                continue;
            }
            if (input.cumulative()) {
                return Optional.of(name);
            }
            input.inputs().forEach(each -> open.add(each.text()));
        }
        return Optional.empty();
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
