package io.bifocal.core.model;

import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.DerivedExpression.SyntaxException;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.Section.Word;
import io.bifocal.core.time.Granularity;
import io.bifocal.core.time.TimeWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the metrics of a model file. */
final class MetricsReader {
    /** What each type of metric may say, beside what all may say. */
    private static final Map<String, List<String>> KEYS = new LinkedHashMap<>();

    /** From the start of which of these on a metric can be cumulated. */
    private static final List<Granularity> GRAINS = List.of(
            Granularity.HOUR,
            Granularity.DAY,
            Granularity.WEEK,
            Granularity.MONTH,
            Granularity.QUARTER,
            Granularity.YEAR);

    /** Of a top_k; far fewer than it counts, so that those which are listed are the most frequent. */
    private static final int MOST_VALUES = 100;

    private static final List<String> COMMON_KEYS = List.of("name", "type", "description", "unit");

    static {
        KEYS.put("simple", List.of("agg", "expr", "filter", "percentile", "k"));
        KEYS.put("ratio", List.of("numerator", "denominator"));
        KEYS.put("derived", List.of("expr", "input_metrics"));
        KEYS.put("cumulative", List.of("input_metric", "window", "grain_to_date"));
    }

    private final Faults faults;
    private final Names names;
    private final MetricReferences references;

    MetricsReader(Faults faults) {
        this.faults = faults;
        this.names = new Names(faults, "metric");
        this.references = new MetricReferences(faults, names);
    }

    /** Of thresholds that name these metrics, once they are {@link #read}. */
    AlertsReader alerts() {
        return new AlertsReader(faults, names, references);
    }

    List<Metric> read(Section file, Names dimensions) {
        String remedy = "Add at least one, such as `- {name: events, type: simple, agg: count}`.";
        Optional<Node> given = file.required("metrics", remedy);
        List<Node> items = file.list("metrics");
        if (given.isPresent() && Section.isEmptyList(given.get())) {
            file.fault("metrics", "There are no metrics.", remedy);
        }
        List<Metric> metrics = new ArrayList<>();
        for (Node item : items) {
            Section.of(faults, "A metric", item).flatMap(this::metric).ifPresent(metrics::add);
        }
        names.differFrom(dimensions);
        references.check();
        return metrics;
    }

    private Optional<Metric> metric(Section untitled) {
        Section section = untitled.titled("metric");
        Optional<String> name = names.declare(section);
        Optional<String> type =
                section.name("type", Nearest.oneOf(KEYS.keySet())).flatMap(this::type);
        section.only(allowedKeys(type));
        Optional<Metric> metric = type.flatMap(known -> switch (known) {
            case "simple" -> simple(section, name.orElse(""));
            case "ratio" -> ratio(section, name.orElse(""));
            case "cumulative" -> cumulative(section, name.orElse(""));
            default -> derived(section, name.orElse(""));
        });
        return metric.filter(read -> name.isPresent());
    }

    private Optional<String> type(Word word) {
        if (KEYS.containsKey(word.text())) {
            return Optional.of(word.text());
        }
        faults.at(
                word.node(),
                "Unknown type `" + word.text() + "` of a metric.",
                Nearest.remedy(word.text(), KEYS.keySet()));
        return Optional.empty();
    }

    private static List<String> allowedKeys(Optional<String> type) {
        Stream<String> own = type.map(known -> KEYS.get(known).stream())
                .orElseGet(() -> KEYS.values().stream().flatMap(List::stream).distinct());
        return Stream.concat(COMMON_KEYS.stream(), own).toList();
    }

    private Optional<Metric> simple(Section section, String name) {
        List<String> known =
                Arrays.stream(Aggregation.values()).map(Aggregation::text).toList();
        Optional<Aggregation> aggregation =
                section.name("agg", Nearest.oneOf(known)).flatMap(word -> aggregation(word, known));
        Optional<String> expr = section.freeText("expr");
        Optional<String> filter = section.freeText("filter");
        Optional<Double> percentile = section.number("percentile");
        if (aggregation.isEmpty()) {
            return Optional.empty();
        }
        checkExpr(section, aggregation.get());
        checkPercentile(section, aggregation.get(), percentile);
        Optional<Integer> k = section.has("k") ? k(section, aggregation.get()) : Optional.empty();
        return Optional.of(new SimpleMetric(
                name,
                section.freeText("description").orElse(""),
                section.freeText("unit").orElse(""),
                aggregation.get().text(),
                expr,
                filter,
                percentile,
                k));
    }

    private Optional<Aggregation> aggregation(Word word, List<String> known) {
        Optional<Aggregation> aggregation = Aggregation.parse(word.text());
        if (aggregation.isEmpty()) {
            faults.at(word.node(), "Unknown aggregation `" + word.text() + "`.", Nearest.remedy(word.text(), known));
            return Optional.empty();
        }
        return aggregation;
    }

    private static void checkExpr(Section section, Aggregation aggregation) {
        if (aggregation != Aggregation.COUNT && !section.has("expr")) {
            section.fault(
                    "name",
                    section.title() + " lacks `expr`.",
                    "Add the SQL expression to aggregate, such as `expr: Quantity`; only a count needs none.");
        }
    }

    private static void checkPercentile(Section section, Aggregation aggregation, Optional<Double> percentile) {
        if (aggregation != Aggregation.PERCENTILE) {
            if (section.has("percentile")) {
                section.fault(
                        "percentile",
                        "`percentile` means nothing with `agg: " + aggregation.text() + "`.",
                        "Remove it, or write `agg: percentile`.");
            }
            return;
        }
        String remedy = "Write it as a fraction between 0 and 1, such as `percentile: 0.95`.";
        if (!section.has("percentile")) {
            section.fault("name", section.title() + " lacks `percentile`.", remedy);
        }
        percentile
                .filter(fraction -> !(fraction > 0 && fraction < 1))
                .ifPresent(fraction -> section.fault("percentile", "`percentile` is not between 0 and 1.", remedy));
    }

    private static Optional<Integer> k(Section section, Aggregation aggregation) {
        if (aggregation != Aggregation.TOP_K) {
            section.fault(
                    "k",
                    "`k` means nothing with `agg: " + aggregation.text() + "`.",
                    "Remove it, or write `agg: top_k`.");
        }
        Optional<Double> k = section.number("k");
        Optional<Integer> allowed = k.filter(
                        number -> number >= 1 && number <= MOST_VALUES && number == Math.rint(number))
                .map(Double::intValue);
        if (k.isPresent() && allowed.isEmpty()) {
            section.fault("k", "`k` must be a whole number from 1 to " + MOST_VALUES + ".", "Leave it out for 10.");
        }
        return allowed;
    }

    private Optional<Metric> ratio(Section section, String name) {
        Optional<Word> numerator = section.name("numerator", "Name the metric that is divided.");
        Optional<Word> denominator = section.name("denominator", "Name the metric to divide by.");
        references.add(
                section,
                name,
                Stream.concat(numerator.stream(), denominator.stream()).toList());
        if (numerator.isEmpty() || denominator.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new RatioMetric(
                name,
                section.freeText("description").orElse(""),
                section.freeText("unit").orElse(""),
                numerator.get().text(),
                denominator.get().text()));
    }

    private Optional<Metric> derived(Section section, String name) {
        Optional<String> expr = section.requiredText("expr", "Add arithmetic over metrics, such as `a - b`.");
        section.required("input_metrics", "List the metrics that `expr` names, such as `input_metrics: [a, b]`.");
        List<Word> inputs = section.words("input_metrics");
        List<String> inputNames = inputs.stream().map(Word::text).toList();
        references.add(section, name, inputs);
        expr.ifPresent(text -> arithmetic(section, text, inputNames));
        return expr.map(text -> new DerivedMetric(
                name,
                section.freeText("description").orElse(""),
                section.freeText("unit").orElse(""),
                text,
                inputNames));
    }

    private Optional<Metric> cumulative(Section section, String name) {
        Optional<Word> input = section.name("input_metric", "Name the metric that is cumulated.");
        references.addCumulative(section, name, input.stream().toList());
        Optional<TimeWindow> window = section.word("window").flatMap(this::window);
        Optional<Granularity> grain = section.word("grain_to_date").flatMap(this::grain);
        if (section.has("window") && section.has("grain_to_date")) {
            section.fault(
                    "grain_to_date",
                    section.title() + " has both a `window` and a `grain_to_date`.",
                    "Keep one of them, or none to cumulate all of history.");
        }
        return input.map(word -> new CumulativeMetric(
                name,
                section.freeText("description").orElse(""),
                section.freeText("unit").orElse(""),
                word.text(),
                window,
                grain));
    }

    private Optional<TimeWindow> window(Word word) {
        Optional<TimeWindow> window = TimeWindow.parse(word.text());
        if (window.isEmpty()) {
            faults.at(
                    word.node(),
                    "`" + word.text() + "` is not a length of time.",
                    "Write a number and minutes, hours, days, weeks, months, quarters or years, such as `7 days`.");
        }
        return window;
    }

    private Optional<Granularity> grain(Word word) {
        Optional<Granularity> grain = Granularity.parse(word.text()).filter(GRAINS::contains);
        if (grain.isEmpty()) {
            List<String> known = GRAINS.stream().map(Granularity::text).toList();
            faults.at(word.node(), "Unknown grain `" + word.text() + "`.", Nearest.remedy(word.text(), known));
        }
        return grain;
    }

    private static void arithmetic(Section section, String expr, List<String> inputs) {
        try {
            for (String name : DerivedExpression.parse(expr).names()) {
                if (!inputs.contains(name)) {
                    section.fault(
                            "expr",
                            "`" + name + "` in `" + expr + "` is not among the `input_metrics`.",
                            inputs.isEmpty()
                                    ? "Add it to `input_metrics`."
                                    : "Add it there. " + Nearest.remedy(name, inputs));
                }
            }
        } catch (SyntaxException notArithmetic) {
            section.fault(
                    "expr",
                    "`" + expr + "` is not arithmetic over metrics: " + notArithmetic.getMessage() + ".",
                    "Use + - * /, parentheses, numbers and names of metrics.");
        }
    }
}
