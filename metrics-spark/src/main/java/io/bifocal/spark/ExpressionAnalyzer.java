package io.bifocal.spark;

import io.bifocal.core.aggregate.Aggregates;
import io.bifocal.core.aggregate.MetricTypes;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.Fault;
import io.bifocal.core.model.Model;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.SimpleMetric;
import io.bifocal.core.model.ModelFile;
import io.bifocal.core.model.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the types of a model's expressions, with Catalyst alone, and all that is wrong with them at once. What passes here
 * can be compiled by every layer.
 */
public final class ExpressionAnalyzer {
    private static final String DIMENSIONS = "dimensions";
    private static final String METRICS = "metrics";

    private final String file;
    private final Model model;
    private final SqlExpressions sql;

    /** Names of columns, as expressions use them. */
    private final List<Pattern> doubtful;

    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, ValueType> dimensionTypes = new HashMap<>();
    private final Map<String, ValueType> inputTypes = new HashMap<>();

    private ExpressionAnalyzer(String file, Model model, Set<String> doubtful) {
        this.file = file;
        this.model = model;
        this.doubtful = doubtful.stream()
                .map(name -> Pattern.compile("(?<![\\w.])" + Pattern.quote(name) + "(?!\\w)", Pattern.CASE_INSENSITIVE))
                .toList();
        this.sql = new SqlExpressions(model.columns());
    }

    /**
     * The definition, or what is wrong.
     *
     * @param definition empty where there are faults
     * @param faults by line
     */
    public record Result(Optional<Definition> definition, List<Fault> faults) {}

    /**
     * Analyses a model, or what is sound of one.
     *
     * @param file how faults name it
     */
    public static Result analyse(String file, Model model) {
        return new ExpressionAnalyzer(file, model, Set.of()).run();
    }

    /** Reads and analyses a model file; the faults of its shape and those of its expressions are told together. */
    public static Result analyse(String file, String yaml) {
        ModelFile.Reading reading = ModelFile.read(file, yaml);
        List<Fault> faults = new ArrayList<>(reading.faults());
        if (reading.draft().isPresent()) {
            Result result = new ExpressionAnalyzer(file, reading.draft().get(), reading.doubtful()).run();
            if (faults.isEmpty()) {
                return result.definition()
                        .map(definition -> computed(file, definition))
                        .orElse(result);
            }
            faults.addAll(result.faults());
        }
        faults.sort(Comparator.comparingInt(Fault::line));
        return new Result(Optional.empty(), List.copyOf(faults));
    }

    /** Ratio and derived metrics need numbers; which metrics are numbers is known when all types are. */
    private static Result computed(String file, Definition definition) {
        MetricTypes types = new MetricTypes(definition);
        List<Fault> faults = new ArrayList<>();
        for (Metric metric : definition.model().metrics()) {
            try {
                types.of(metric);
            } catch (IllegalArgumentException noNumber) {
                faults.add(new Fault(
                        file,
                        ModelFile.line(definition.model().yaml(), METRICS, metric.name(), "name"),
                        "Metric " + metric.name() + " cannot be computed: " + noNumber.getMessage() + ".",
                        "Compute it from metrics that are numbers."));
            }
        }
        return new Result(faults.isEmpty() ? Optional.of(definition) : Optional.empty(), List.copyOf(faults));
    }

    private Result run() {
        for (Model.Dimension dimension : model.dimensions()) {
            type(DIMENSIONS, dimension.name(), dimension.expr())
                    .ifPresent(type -> dimensionTypes.put(dimension.name(), type));
        }
        model.simpleMetrics().forEach(this::metric);
        faults.sort(Comparator.comparingInt(Fault::line));
        return faults.isEmpty()
                ? new Result(
                        Optional.of(new Definition(model, Map.copyOf(dimensionTypes), Map.copyOf(inputTypes))),
                        List.of())
                : new Result(Optional.empty(), List.copyOf(faults));
    }

    private void metric(SimpleMetric metric) {
        Optional<ValueType> input = metric.expr().flatMap(expr -> type(METRICS, metric.name(), expr));
        input.ifPresent(type -> inputTypes.put(metric.name(), type));
        metric.filter()
                .ifPresent(filter -> check(METRICS, metric.name(), "filter", filter, () -> sql.condition(filter)));
        boolean believed = metric.expr().filter(this::isDoubtful).isEmpty();
        if (believed && (input.isPresent() || metric.expr().isEmpty())) {
            try {
                Aggregates.of(metric, input.orElse(null));
            } catch (BifocalException fault) {
                faults.add(new Fault(file, line(METRICS, metric.name(), "agg"), fault.getMessage(), fault.remedy()));
            }
        }
    }

    private Optional<ValueType> type(String section, String name, String expr) {
        ValueType[] found = new ValueType[1];
        check(section, name, "expr", expr, () -> found[0] = sql.value(expr).type());
        return Optional.ofNullable(found[0]);
    }

    private void check(String section, String name, String key, String expression, Runnable analysis) {
        try {
            analysis.run();
        } catch (ExpressionException fault) {
            if (isDoubtful(expression)) {
                return;
            }
            String element = section.equals(DIMENSIONS) ? "Dimension " : "Metric ";
            faults.add(new Fault(
                    file, line(section, name, key), element + name + ": " + fault.getMessage() + ".", fault.remedy()));
        }
    }

    /** Nothing can be said of an expression over a column whose type is not known. */
    private boolean isDoubtful(String expression) {
        return doubtful.stream().anyMatch(name -> name.matcher(expression).find());
    }

    private int line(String section, String name, String key) {
        return ModelFile.line(model.yaml(), section, name, key);
    }
}
