package io.bifocal.core.model;

import io.bifocal.core.error.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the thresholds of a model file. */
final class AlertsReader {
    private static final String METRICS = "metrics";
    private static final List<String> KEYS = List.of(
            AlertKind.LAG.text(),
            AlertKind.FRESHNESS.text(),
            AlertKind.IMBALANCE.text(),
            AlertKind.QUARANTINE.text(),
            AlertKind.DRIFT.text(),
            METRICS);

    private static final Pattern LENGTH = Pattern.compile("([1-9]\\d{0,6})\\s*(s|m|h|d|(?:second|minute|hour|day)s?)");
    private static final Map<Character, Integer> SECONDS = Map.of('s', 1, 'm', 60, 'h', 3_600, 'd', 86_400);

    private final Faults faults;
    private final Names metrics;
    private final MetricReferences references;

    /** @param metrics that are declared, all of them by now */
    AlertsReader(Faults faults, Names metrics, MetricReferences references) {
        this.faults = faults;
        this.metrics = metrics;
        this.references = references;
    }

    List<Threshold> read(Section file) {
        List<Threshold> thresholds = new ArrayList<>();
        file.optional("alerts")
                .flatMap(node -> Section.of(faults, "`alerts`", node))
                .ifPresent(section -> read(section.only(KEYS), thresholds));
        return thresholds;
    }

    private void read(Section section, List<Threshold> thresholds) {
        add(thresholds, AlertKind.LAG, records(section, AlertKind.LAG, "10000"));
        add(thresholds, AlertKind.FRESHNESS, seconds(section));
        add(thresholds, AlertKind.IMBALANCE, records(section, AlertKind.IMBALANCE, "0"));
        add(
                thresholds,
                AlertKind.QUARANTINE,
                number(
                        section,
                        AlertKind.QUARANTINE,
                        share -> share >= 0 && share <= 1,
                        "`quarantine` is not between 0 and 1.",
                        "Write it as a share of the records that are read, such as `quarantine: 0.01`."));
        add(thresholds, AlertKind.DRIFT, drift(section));
        section.optional(METRICS)
                .flatMap(node -> Section.of(faults, "`metrics` in `alerts`", node))
                .ifPresent(each -> each.keys().forEach(metric -> ofMetric(each, metric, thresholds)));
    }

    private static void add(List<Threshold> thresholds, AlertKind alert, Optional<Double> limit) {
        limit.ifPresent(number -> thresholds.add(new Threshold(alert, Optional.empty(), number)));
    }

    private void ofMetric(Section section, String metric, List<Threshold> thresholds) {
        if (!metrics.has(metric)) {
            section.fault(
                    metric, "Unknown metric `" + metric + "` in `alerts`.", Nearest.remedy(metric, metrics.all()));
        } else if (references.spansRows(metric)) {
            section.fault(
                    metric,
                    "The drift of `" + metric + "` is not measured: it moves with what it cumulates.",
                    "Give the threshold to the metric that is cumulated.");
        }
        Optional<Node> own = section.optional(metric);
        own.flatMap(node -> Section.of(faults, "Thresholds of `" + metric + "`", node))
                .flatMap(thresholdsOfIt -> {
                    thresholdsOfIt.only(List.of(AlertKind.DRIFT.text()));
                    thresholdsOfIt.required(AlertKind.DRIFT.text(), "Write it such as `drift: 0.02`.");
                    return drift(thresholdsOfIt);
                })
                .ifPresent(limit -> thresholds.add(new Threshold(AlertKind.DRIFT, Optional.of(metric), limit)));
    }

    private static Optional<Double> records(Section section, AlertKind alert, String example) {
        return number(
                section,
                alert,
                records -> records >= 0 && records == Math.rint(records),
                "`" + alert.text() + "` must be a whole number, 0 or more.",
                "Write how many records are still tolerable, such as `" + alert.text() + ": " + example + "`.");
    }

    private static Optional<Double> drift(Section section) {
        return number(
                section,
                AlertKind.DRIFT,
                share -> share >= 0,
                "`drift` must be 0 or more.",
                "Write it as a share of the number, such as `drift: 0.02`.");
    }

    private static Optional<Double> number(
            Section section, AlertKind alert, DoublePredicate allowed, String problem, String remedy) {
        Optional<Double> number = section.number(alert.text());
        Optional<Double> sound = number.filter(limit -> Double.isFinite(limit) && allowed.test(limit));
        if (number.isPresent() && sound.isEmpty()) {
            section.fault(alert.text(), problem, remedy);
        }
        return sound;
    }

    private static Optional<Double> seconds(Section section) {
        Optional<String> text = section.freeText(AlertKind.FRESHNESS.text());
        Optional<Double> seconds = text.map(LENGTH::matcher)
                .filter(Matcher::matches)
                .map(length -> Double.parseDouble(length.group(1))
                        * SECONDS.get(length.group(2).charAt(0)));
        if (text.isPresent() && seconds.isEmpty()) {
            section.fault(
                    AlertKind.FRESHNESS.text(),
                    "`" + text.get() + "` is not a length of time.",
                    "Write a number and s, m, h or d, such as `freshness: 2m`.");
        }
        return seconds;
    }
}
