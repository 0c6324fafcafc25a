package io.bifocal.core.model;

import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.Model.Dimension;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Model.Source;
import io.bifocal.core.model.Model.TimeSpec;
import io.bifocal.core.model.Section.Word;
import io.bifocal.core.model.ValueType.Kind;
import io.bifocal.core.time.TimePatterns;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads the top level of a model file. */
final class ModelReader {
    private static final List<String> KEYS = List.of(
            "version",
            "model",
            "description",
            "source",
            "time",
            "identity",
            "columns",
            "dimensions",
            "metrics",
            "rollups",
            "alerts",
            "retention");
    /** In drafts. */
    private static final String NAMELESS = "nameless";

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private final Faults faults;
    private final String yaml;
    private final ColumnsReader columnsReader;

    ModelReader(Faults faults, String yaml) {
        this.faults = faults;
        this.yaml = yaml;
        this.columnsReader = new ColumnsReader(faults);
    }

    /** The model, or what is sound of it, with something in place of what is not; empty where there are no columns. */
    Optional<Model> read(Node root) {
        return Section.of(faults, "The file", root).flatMap(file -> readFile(file.only(KEYS)));
    }

    /** Columns of which nothing is to be believed but that they are meant to be there. */
    Set<String> doubtful() {
        return columnsReader.doubtful();
    }

    private Optional<Model> readFile(Section file) {
        version(file);
        Optional<String> name = file.name("model", "Name the model, such as `model: retail`.")
                .filter(word -> Names.identifier(faults, "model", word))
                .map(Word::text);
        String description = file.freeText("description").orElse("");
        Optional<Source> source = file.required("source", "Add `source: {topic: <name>, format: json}`.")
                .flatMap(node -> Section.of(faults, "`source`", node))
                .flatMap(this::source);

        List<Column> columns = columnsReader.read(file);
        Optional<TimeSpec> time = file.required("time", "Add `time: {column: <column>}`.")
                .flatMap(node -> Section.of(faults, "`time`", node))
                .flatMap(section -> time(section, columnsReader));
        List<String> identity = columnsReader.identity(file);

        Names dimensionNames = new Names(faults, "dimension");
        List<Dimension> dimensions = dimensions(file, dimensionNames);
        MetricsReader metricsReader = new MetricsReader(faults);
        List<Metric> metrics = metricsReader.read(file, dimensionNames);
        List<Rollup> rollups = new RollupsReader(faults, dimensionNames).read(file);
        List<Threshold> alerts = metricsReader.alerts().read(file);
        Optional<Retention> retention = new RetentionReader(faults).read(file);
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Model(
                name.orElse(NAMELESS),
                description,
                source.orElse(new Source(NAMELESS, "json")),
                time.orElse(new TimeSpec(columns.get(0).name(), Optional.empty(), ZoneOffset.UTC)),
                identity,
                columns,
                dimensions,
                metrics,
                rollups,
                alerts,
                retention,
                yaml));
    }

    private void version(Section file) {
        file.required("version", "Begin the file with `version: 1`.").ifPresent(node -> {
            boolean known = node instanceof ScalarNode scalar
                    && node.getTag().equals(Tag.INT)
                    && scalar.getValue().equals("1");
            if (!known) {
                faults.at(node, "The version of the file is not known.", "Write `version: 1`.");
            }
        });
    }

    private Optional<Source> source(Section section) {
        section.only(List.of("topic", "format"));
        Optional<Word> topic = section.name("topic", "Name the Kafka topic, such as `topic: retail`.")
                .filter(this::legalTopic);
        Optional<Word> format = section.name("format", "Write `format: json`.");
        format.filter(word -> !word.text().equals("json"))
                .ifPresent(word ->
                        faults.at(word.node(), "Unknown format `" + word.text() + "`.", "Write `format: json`."));
        return topic.map(word -> new Source(word.text(), "json"));
    }

    private boolean legalTopic(Word topic) {
        String text = topic.text();
        if (TOPIC.matcher(text).matches() && !text.equals(".") && !text.equals("..")) {
            return true;
        }
        faults.at(
                topic.node(),
                "`" + text + "` cannot be the name of a Kafka topic.",
                "Use at most 249 letters, digits, `.`, `_` and `-`.");
        return false;
    }

    private Optional<TimeSpec> time(Section section, ColumnsReader columns) {
        section.only(List.of("column", "pattern", "zone"));
        Optional<Word> column = section.name("column", "Name the column that holds the event time.")
                .filter(word -> columns.knows("the event time", word));
        Optional<String> pattern = section.word("pattern").map(Word::text);
        pattern.flatMap(TimePatterns::fault)
                .ifPresent(why -> section.fault(
                        "pattern",
                        "`" + pattern.get() + "` is not a time pattern: " + why + ".",
                        "Use letters of java.time's DateTimeFormatter, such as `yyyy-MM-dd HH:mm:ss`."));
        ZoneId zone = section.word("zone").flatMap(word -> zone(faults, word)).orElse(ZoneOffset.UTC);
        column.ifPresent(word -> timeType(word, pattern.isPresent(), columns));
        return column.map(word -> new TimeSpec(word.text(), pattern, zone));
    }

    private void timeType(Word column, boolean pattern, ColumnsReader columns) {
        Optional<ValueType> type = columns.type(column.text());
        List<Kind> allowed = pattern ? List.of(Kind.STRING) : List.of(Kind.STRING, Kind.LONG, Kind.TIMESTAMP);
        if (type.isEmpty() || allowed.contains(type.get().kind())) {
            return;
        }
        faults.at(
                column.node(),
                "The time column `" + column.text() + "` is a " + type.get() + (pattern ? ", and has a pattern." : "."),
                pattern
                        ? "Make the column a string, or remove the pattern."
                        : "Make it a string, a timestamp, or a long of epoch milliseconds.");
    }

    private List<Dimension> dimensions(Section file, Names names) {
        List<Dimension> dimensions = new ArrayList<>();
        for (Node item : file.list("dimensions")) {
            Section.of(faults, "A dimension", item).ifPresent(untitled -> {
                Section section = untitled.titled("dimension");
                section.only(List.of("name", "expr", "description"));
                Optional<String> name = names.declare(section);
                Optional<String> expr =
                        section.requiredText("expr", "Add the SQL expression to group by, such as `expr: Country`.");
                String description = section.freeText("description").orElse("");
                if (name.isPresent() && expr.isPresent()) {
                    dimensions.add(new Dimension(name.get(), expr.get(), description));
                }
            });
        }
        return dimensions;
    }

    /** A time zone by its name; zones that are UTC all year are {@link ZoneOffset#UTC}. */
    static Optional<ZoneId> zone(Faults faults, Word word) {
        try {
            return Optional.of(ZoneId.of(word.text()).normalized());
        } catch (DateTimeException unknown) {
            List<String> near = Nearest.of(word.text(), ZoneId.getAvailableZoneIds());
            String remedy = near.isEmpty()
                    ? "Use a name of the IANA time zone database, such as `Europe/London`."
                    : "Did you mean " + String.join(" or ", near) + "?";
            faults.at(word.node(), "Unknown time zone `" + word.text() + "`.", remedy);
            return Optional.empty();
        }
    }
}
