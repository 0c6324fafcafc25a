package io.bifocal.core.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.CumulativeMetric;
import io.bifocal.core.model.Model.DerivedMetric;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.RatioMetric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.SimpleMetric;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Definitions as JSON, as they are stored and sent to tasks, and their hash. */
public final class DefinitionJson {
    private static final int HASH_BYTES = 12;
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .addMixIn(Metric.class, TypedMetric.class)
            .addMixIn(Model.class, SparseModel.class)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = SimpleMetric.class, name = "simple"),
        @JsonSubTypes.Type(value = RatioMetric.class, name = "ratio"),
        @JsonSubTypes.Type(value = DerivedMetric.class, name = "derived"),
        @JsonSubTypes.Type(value = CumulativeMetric.class, name = "cumulative")
    })
    private interface TypedMetric {}

    /** A model without such fields is written as it was before there were any, so that its fingerprint stays. */
    interface SparseModel {
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Threshold> alerts();

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        Optional<Retention> retention();
    }

    private DefinitionJson() {}

    public static String write(Definition definition) {
        return json(definition);
    }

    /** Reads what {@link #write} wrote. */
    public static Definition read(String json) {
        try {
            return MAPPER.readValue(json, Definition.class);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("not a definition: " + broken.getOriginalMessage(), broken);
        }
    }

    /**
     * What partials must have in common to be merged: equal for definitions that differ only in texts for people, in thresholds, in
     * what is retained, in ratio, derived and cumulative metrics, which are computed from partials, or in the order of what is found by name. The
     * order of simple metrics counts: it is that of the states in a row.
     */
    public static String hash(Definition definition) {
        Model model = definition.model();
        return digest(List.of(
                model.time(),
                model.identity().stream().sorted().toList(),
                byName(model.columns(), Column::name),
                byName(model.dimensions(), Dimension::name).stream()
                        .map(each -> List.of(each.name(), each.expr()))
                        .toList(),
                model.simpleMetrics().stream().map(DefinitionJson::meaning).toList(),
                byName(model.rollups(), Rollup::name),
                definition.dimensionTypes(),
                definition.inputTypes()));
    }

    /** What tells a definition from every other, computed metrics and texts for people included. */
    public static String fingerprint(Definition definition) {
        return digest(definition);
    }

    /**
     * A mark of what decides whether a record is an event, and when it happened: what was found out about a record under one
     * mark holds under an equal one. Where only the {@link #timeMark} is equal, events of both have the same times.
     */
    public static String readingMark(Definition definition) {
        return timeMark(definition) + "-" + hash(definition);
    }

    /** What {@link #readingMark} begins with: equal where the same column, read in the same way, is the event's time. */
    public static String timeMark(Definition definition) {
        Model model = definition.model();
        return digest(List.of(
                model.time(),
                model.columns().stream()
                        .filter(column -> column.name().equals(model.time().column()))
                        .toList()));
    }

    private static String digest(Object meaning) {
        byte[] digest = sha256().digest(json(meaning).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(Arrays.copyOf(digest, HASH_BYTES));
    }

    private static <T> List<T> byName(List<T> elements, Function<T, String> name) {
        return elements.stream().sorted(Comparator.comparing(name)).toList();
    }

    private static List<Object> meaning(SimpleMetric metric) {
        // k is not among them: it says how many of the counted values are shown.
        return List.of(metric.name(), metric.aggregation(), metric.expr(), metric.filter(), metric.percentile());
    }

    private static String json(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
