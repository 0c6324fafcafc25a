package io.bifocal.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFaultsTest {
    @Test
    void tellsAllFaultsAtOnceByLine() {
        String yaml =
                """
                version: 2
                model: 9lives
                sorce: {topic: t}
                time: {column: Att, zone: Europe/Londn}
                columns:
                  At: strng
                  Units: long
                dimensions:
                  - {name: status, expr: At}
                metrics:
                  - {name: total, type: simple, agg: summ, expr: Units}
                rollups:
                  - {name: r, granularity: 5minute, dimensions: [stat]}
                """;

        assertThat(faults(yaml))
                .containsExactly(
                        "m.yml:1: The version of the file is not known. Write `version: 1`.",
                        "m.yml:1: The file lacks `source`. Add `source: {topic: <name>, format: json}`.",
                        "m.yml:2: `9lives` cannot be the name of a model. Use letters, digits and _, beginning with a"
                                + " letter, at most 100.",
                        "m.yml:3: Unknown key `sorce` in the file. Did you mean source?",
                        "m.yml:4: Unknown column `Att` of the event time. Did you mean At?",
                        "m.yml:4: Unknown time zone `Europe/Londn`. Did you mean Europe/London?",
                        "m.yml:6: Unknown type `strng` of column `At`. Did you mean string?",
                        "m.yml:9: `status` cannot be the name of a dimension: every row of an answer has a field of that"
                                + " name. Choose another name; time, status, estimates are reserved.",
                        "m.yml:11: Unknown aggregation `summ`. Did you mean sum?",
                        "m.yml:13: A rollup cannot have the granularity `5minute`. Use one of minute, 15minute, hour,"
                                + " day.",
                        "m.yml:13: Unknown dimension `stat` in a rollup. Did you mean status?");
    }

    @Test
    void tellsAllFaultsOfThresholdsAtOnce() {
        String yaml = TestModels.SMALL.replace(
                        "rollups:\n",
                        """
                          - {name: events_to_date, type: cumulative, input_metric: events}
                          - {name: twice, type: derived, expr: events_to_date * 2, input_metrics: [events_to_date]}
                        rollups:
                        """)
                + """
                alerts:
                  lga: 1
                  lag: 1.5
                  freshness: 120
                  imbalance: -1
                  quarantine: 2
                  drift: 1e999
                  metrics:
                    evnets: {drift: 0.1}
                    events: {lag: 3}
                    twice: {drift: 0.1}
                    events_to_date: 0.1
                """;

        assertThat(faults(yaml))
                .containsExactly(
                        "m.yml:18: Unknown key `lga` in `alerts`. Did you mean lag?",
                        "m.yml:19: `lag` must be a whole number, 0 or more. Write how many records are still tolerable,"
                                + " such as `lag: 10000`.",
                        "m.yml:20: `120` is not a length of time. Write a number and s, m, h or d, such as `freshness:"
                                + " 2m`.",
                        "m.yml:21: `imbalance` must be a whole number, 0 or more. Write how many records are still"
                                + " tolerable, such as `imbalance: 0`.",
                        "m.yml:22: `quarantine` is not between 0 and 1. Write it as a share of the records that are"
                                + " read, such as `quarantine: 0.01`.",
                        "m.yml:23: `drift` must be 0 or more. Write it as a share of the number, such as `drift:"
                                + " 0.02`.",
                        "m.yml:25: Unknown metric `evnets` in `alerts`. Did you mean events?",
                        "m.yml:26: Unknown key `lag` in thresholds of `events`. Known are drift.",
                        "m.yml:26: Thresholds of `events` lacks `drift`. Write it such as `drift: 0.02`.",
                        "m.yml:27: The drift of `twice` is not measured: it moves with what it cumulates. Give the"
                                + " threshold to the metric that is cumulated.",
                        "m.yml:28: The drift of `events_to_date` is not measured: it moves with what it cumulates."
                                + " Give the threshold to the metric that is cumulated.",
                        "m.yml:28: Thresholds of `events_to_date` must be a mapping, not `0.1`. Write it as `key:"
                                + " value` lines.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            alerts: | `alerts` in the file is empty. Give it a value, or remove the key.
            alerts: [lag] | `alerts` must be a mapping, not a list. Write it as `key: value` lines.
            alerts: {lag: many} | `lag` in `alerts` must be a number, not `many`. Write a number.
            alerts: {freshness: 0s} | `0s` is not a length of time. Write a number and s, m, h or d, such as `freshness: 2m`.
            alerts: {freshness: 2 months} | `2 months` is not a length of time. Write a number and s, m, h or d, such as `freshness: 2m`.
            alerts: {drift: -0.1} | `drift` must be 0 or more. Write it as a share of the number, such as `drift: 0.02`.
            alerts: {metrics: [events]} | `metrics` in `alerts` must be a mapping, not a list. Write it as `key: value` lines.
            """)
    void refusesThresholds(String alerts, String fault) {
        assertOnly(TestModels.SMALL + alerts + "\n", "m.yml:15: " + fault);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {views: 1y} | `1y` is not a number of days. Write whole days, such as `views: 400d`.
            {views: 0d} | `0d` is not a number of days. Write whole days, such as `views: 400d`.
            {days: 7d} | Unknown key `days` in `retention`. Known are views, archive, generations.
            {generations: 0.5} | `generations` must be a whole number between 0 and 1000. Write how many earlier generations can be rolled back to, such as `generations: 7`.
            {archive: 30d} | Answers would show days for ever that nothing could compute again after 30 days. Add `views: 30d`, or less, to `retention`.
            {views: 31d, archive: 30d} | Answers would show 31 days, and the archive could compute only 30 of them again. Write `archive: 31d`, or more, or fewer days of `views`.
            """)
    void refusesToKeepLessThanIsPromised(String retention, String fault) {
        assertOnly(TestModels.SMALL + "retention: " + retention + "\n", "m.yml:15: " + fault);
    }

    @Test
    void listsFaultsForUsersOfTheApi() {
        ModelFaults refused = refuse(TestModels.SMALL.replace("agg: count", "agg: cuont"));

        assertThat(refused).hasMessage("m.yml:12: Unknown aggregation `cuont`. Did you mean count?");
        assertThat(refused.asException().values().get("faults").toString()).contains("line=12");
    }

    @Test
    void refusesWhatIsNotYaml() {
        assertThat(faults("version: 1\nmodel: [a\n"))
                .singleElement()
                .asString()
                .startsWith("m.yml:3: The file is not YAML");
        assertThat(faults("version: 1\n\tmodel: a\n"))
                .singleElement()
                .asString()
                .startsWith("m.yml:2: The file is not YAML");
    }

    @Test
    void refusesAnEmptyFileAndOneThatIsNoMapping() {
        assertThat(faults(""))
                .containsExactly("m.yml:1: The file is empty. Begin with `version: 1` and `model: <name>`.");
        assertThat(faults("- a\n"))
                .containsExactly("m.yml:1: The file must be a mapping, not a list. Write it as `key: value` lines.");
    }

    @Test
    void refusesWhatWouldExhaustTheStack() {
        assertOnly(
                TestModels.SMALL + "extra: " + "[".repeat(100_000),
                "m.yml:15: Lists and mappings are nested too deeply. No part of a model needs more than four.");
    }

    @Test
    void refusesASecondDocument() {
        assertOnly(
                TestModels.SMALL + "---\nmodel: other\n",
                "m.yml:15: The file is not YAML: expected a single document in the stream, but found another document."
                        + " Mend the syntax there.");
    }

    @Test
    void refusesADuplicateKey() {
        assertOnly(
                TestModels.SMALL + "model: other\n",
                "m.yml:15: The file has the key `model` twice; it is also on line 2. Keep one of them.");
        assertOnly(
                TestModels.SMALL.replace("  Units: long\n", "  Units: long\n  At: string\n"),
                "m.yml:9: `columns` has the key `At` twice; it is also on line 6. Keep one of them.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            model: small | | 1: The file lacks `model`. Name the model, such as `model: retail`.
            version: 1 | | 2: The file lacks `version`. Begin the file with `version: 1`.
            version: 1 | version: '1' | 1: The version of the file is not known. Write `version: 1`.
            model: small | model: | 2: `model` in the file is empty. Give it a value, or remove the key.
            model: small | model: 12 | 2: `model` in the file must be text, not `12`. Put it in quotes.
            topic: small | topic: "a b" | 3: `a b` cannot be the name of a Kafka topic. Use at most 249 letters, digits, `.`, `_` and `-`.
            topic: small | topic: .. | 3: `..` cannot be the name of a Kafka topic. Use at most 249 letters, digits, `.`, `_` and `-`.
            format: json | format: csv | 3: Unknown format `csv`. Write `format: json`.
            "topic: small, " | | 3: `source` lacks `topic`. Name the Kafka topic, such as `topic: retail`.
            column: At | colum: At | 4: Unknown key `colum` in `time`. Did you mean column?
            column: At | column: Units, pattern: yyyy-MM-dd | 4: The time column `Units` is a long, and has a pattern. Make the column a string, or remove the pattern.
            At: string | At: double | 4: The time column `At` is a double. Make it a string, a timestamp, or a long of epoch milliseconds.
            Units: long | Units: int | 8: Unknown type `int` of column `Units`. Did you mean long?
            Units: long | Units: decimal(40,2) | 8: Unknown type `decimal(40,2)` of column `Units`. Write `decimal(precision,scale)` with a precision of 1 to 38 and a scale up to it, such as `decimal(18,2)`.
            Units: long | Units: [long] | 8: The type of column `Units` must be text, not a list. Write text.
            Units: long | "Units: {type: long, path: a..b}" | 8: `a..b` is not a path. Write names of nested JSON fields with points between them, such as `actor.login`.
            Units: long | "Units: {tipe: long}" | 8: Column `Units` lacks `type`. Use one of string, long, double, decimal(18,2), boolean, timestamp.
            Units: long | "a-b: long" | 8: `a-b` cannot be the name of a column. Use letters, digits and _, and give the field's own name as a path: `{type: string, path: <field>}`.
            Units: long | at: long | 8: Columns `At` and `at` differ in case only, which SQL does not tell apart. Rename one of them, with the field's own name as its path: `{type: string, path: at}`.
            expr: Country | exp: Country | 10: Dimension `country` lacks `expr`. Add the SQL expression to group by, such as `expr: Country`.
            expr: Country | "expr: ' '" | 10: `expr` in dimension `country` is blank. Give it a value, or remove the key.
            name: country | name: _country | 10: `_country` cannot be the name of a dimension. Use letters, digits and _, beginning with a letter, at most 100.
            name: country | name: events | 12: The metric `events` has the name of a dimension; that is on line 10. Rename one of them: both would be the same column of an answer.
            name: events | name: time | 12: `time` cannot be the name of a metric: every row of an answer has a field of that name. Choose another name; time, status, estimates are reserved.
            "type: simple, " | | 12: Metric `events` lacks `type`. Use one of simple, ratio, derived, cumulative.
            type: simple | type: sipmle | 12: Unknown type `sipmle` of a metric. Did you mean simple?
            agg: count | agg: mode | 12: Unknown aggregation `mode`. Known are $AGGREGATIONS.
            agg: count | agg: sum | 12: Metric `events` lacks `expr`. Add the SQL expression to aggregate, such as `expr: Quantity`; only a count needs none.
            agg: count | agg: count, percentile: 0.5 | 12: `percentile` means nothing with `agg: count`. Remove it, or write `agg: percentile`.
            agg: count | agg: percentile, expr: Units | 12: Metric `events` lacks `percentile`. Write it as a fraction between 0 and 1, such as `percentile: 0.95`.
            agg: count | agg: percentile, expr: Units, percentile: 1.0 | 12: `percentile` is not between 0 and 1. Write it as a fraction between 0 and 1, such as `percentile: 0.95`.
            agg: count | agg: percentile, expr: Units, percentile: .nan | 12: `percentile` in metric `events` must be a number, not `.nan`. Write a number.
            agg: count | agg: percentile, expr: Units, percentile: p95 | 12: `percentile` in metric `events` must be a number, not `p95`. Write a number.
            agg: count | agg: count, k: 5 | 12: `k` means nothing with `agg: count`. Remove it, or write `agg: top_k`.
            agg: count | agg: top_k, expr: Units, k: 0 | 12: `k` must be a whole number from 1 to 100. Leave it out for 10.
            agg: count | agg: top_k, expr: Units, k: 2.5 | 12: `k` must be a whole number from 1 to 100. Leave it out for 10.
            agg: count | agg: count, fliter: x | 12: Unknown key `fliter` in metric `events`. Did you mean filter?
            agg: count | agg: count, numerator: x | 12: Unknown key `numerator` in metric `events`. Known are name, type, description, unit, agg, expr, filter, percentile, k.
            granularity: hour | "granularity: hour, zone: Europe/London" | 14: Only day rollups have a zone; those by hour are UTC. Remove the zone: queries may ask for any zone that UTC buckets compose. Or write `granularity: day`.
            granularity: hour | "granularity: hour, shards: 257" | 14: `shards` must be a whole number from 1 to 256. Leave it out unless one day's rows are too many for one partition.
            granularity: hour | "granularity: hour, shards: 1.5" | 14: `shards` must be a whole number from 1 to 256. Leave it out unless one day's rows are too many for one partition.
            "dimensions: [country]" | "dimensions: country" | 14: `dimensions` in rollup `by_country` must be a list, not `country`. Write a list.
            "dimensions: [country]" | "dimensions: [country, country]" | 14: `dimensions` in rollup `by_country` names `country` twice. Name it once.
            "dimensions: [country]" | "dimensions: [true]" | 14: An item of `dimensions` in rollup `by_country` must be text, not `true`. Put it in quotes.
            """)
    void refuses(String replaced, String replacement, String fault) {
        String yaml = TestModels.SMALL.replace(replaced, replacement == null ? "" : replacement);
        String supported =
                Arrays.stream(Aggregation.values()).map(Aggregation::text).collect(Collectors.joining(", "));

        assertThat(faults(yaml)).contains("m.yml:" + fault.replace("$AGGREGATIONS", supported));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            HH:mm | it holds no date: a year (yyyy), a month (MM) and a day (dd)
            yyyy-MM-dd hh:mm | its time of day is incomplete; hours up to 12 (hh) need AM or PM (a)
            YYYY-MM-dd | it holds no date: a year (yyyy), a month (MM) and a day (dd)
            yyyy-MM-ddTHH:mm | Unknown pattern letter: T
            """)
    void refusesATimePattern(String pattern, String why) {
        assertOnly(
                TestModels.SMALL.replace("column: At", "column: At, pattern: '" + pattern + "'"),
                "m.yml:4: `" + pattern + "` is not a time pattern: " + why
                        + ". Use letters of java.time's DateTimeFormatter, such as `yyyy-MM-dd HH:mm:ss`.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yyyy-MM-dd HH:mm:ss",
                "yyyy-MM-dd",
                "uuuu-MM-dd'T'HH:mm:ss.SSSXXX",
                "dd/MM/yyyy hh:mm a",
                "d MMM yyyy HH:mm",
                "yyyyMMddHHmmss",
                "EEE, dd MMM yyyy HH:mm:ss zzz",
                "yyyy-DDD"
            })
    void takesATimePattern(String pattern) {
        String yaml = TestModels.SMALL.replace("column: At", "column: At, pattern: \"" + pattern + "\"");

        assertThat(ModelFile.parse("m.yml", yaml).time().pattern()).contains(pattern);
    }

    @Test
    void refusesUnknownColumnsOfTheIdentity() {
        assertOnly(
                TestModels.SMALL + "identity: [Id, Country]\n",
                "m.yml:15: Unknown column `Id` of the identity. Known are At, Country, Units.");
    }

    @Test
    void refusesDuplicateNames() {
        String yaml =
                TestModels.SMALL.replace("rollups:\n", "  - {name: events, type: simple, agg: count}\nrollups:\n");

        assertOnly(yaml, "m.yml:13: There is another metric `events`, on line 12. Rename one of them.");
    }

    @Test
    void tellsNamesApartByCase() {
        String yaml =
                TestModels.SMALL.replace("rollups:\n", "  - {name: Events, type: simple, agg: count}\nrollups:\n");

        assertThat(ModelFile.parse("m.yml", yaml).metrics()).hasSize(2);
    }

    @Test
    void refusesEmptySections() {
        String yaml =
                """
                version: 1
                model: m
                source: {topic: t, format: json}
                time: {column: c}
                columns: {}
                metrics: []
                rollups:
                """;

        assertThat(faults(yaml))
                .containsExactly(
                        "m.yml:5: There are no columns. Add them, such as `Country: string`.",
                        "m.yml:6: There are no metrics. Add at least one, such as `- {name: events, type: simple, agg:"
                                + " count}`.",
                        "m.yml:7: `rollups` in the file is empty. Give it a value, or remove the key.");
    }

    @Test
    void refusesUnknownInputsOfMetrics() {
        assertThat(faults(withMetrics(
                        "{name: r, type: ratio, numerator: evnets, denominator: events}",
                        "{name: d, type: derived, expr: events - nothing, input_metrics: [events, nothing]}",
                        "{name: e, type: derived, expr: events + evetns, input_metrics: [events]}",
                        "{name: f, type: derived, expr: events +, input_metrics: [events]}",
                        "{name: g, type: derived, expr: events}")))
                .containsExactly(
                        "m.yml:13: Unknown metric `evnets`. Did you mean events?",
                        "m.yml:14: Unknown metric `nothing`. Known are d, e, events, f, g, r.",
                        "m.yml:15: `evetns` in `events + evetns` is not among the `input_metrics`. Add it there. Did you"
                                + " mean events?",
                        "m.yml:16: `events +` is not arithmetic over metrics: expected a metric, a number or `(`, but it"
                                + " ends. Use + - * /, parentheses, numbers and names of metrics.",
                        "m.yml:17: Metric `g` lacks `input_metrics`. List the metrics that `expr` names, such as"
                                + " `input_metrics: [a, b]`.",
                        "m.yml:17: `events` in `events` is not among the `input_metrics`. Add it to `input_metrics`.");
    }

    @Test
    void refusesMetricsThatAreComputedFromThemselves() {
        assertThat(faults(withMetrics(
                        "{name: a, type: derived, expr: b + 1, input_metrics: [b]}",
                        "{name: b, type: ratio, numerator: events, denominator: a}",
                        "{name: c, type: derived, expr: c + a, input_metrics: [c, a]}")))
                .containsExactly(
                        "m.yml:13: The metric `a` is computed from itself: a → b → a. Break the cycle.",
                        "m.yml:15: The metric `c` is computed from itself: c → c. Break the cycle.");
    }

    @Test
    void refusesWindowsThatAreNone() {
        assertThat(faults(withMetrics(
                        "{name: a, type: cumulative}",
                        "{name: b, type: cumulative, input_metric: evnets, window: 7 fortnights}",
                        "{name: c, type: cumulative, input_metric: events, grain_to_date: mont}",
                        "{name: d, type: cumulative, input_metric: events, window: 1 day, grain_to_date: month}",
                        "{name: e, type: cumulative, input_metric: f}",
                        "{name: f, type: derived, expr: d + 1, input_metrics: [d]}",
                        "{name: g, type: cumulative, input_metric: g}")))
                .containsExactly(
                        "m.yml:13: Metric `a` lacks `input_metric`. Name the metric that is cumulated.",
                        "m.yml:14: `7 fortnights` is not a length of time. Write a number and minutes, hours, days, weeks,"
                                + " months, quarters or years, such as `7 days`.",
                        "m.yml:14: Unknown metric `evnets`. Did you mean events?",
                        "m.yml:15: Unknown grain `mont`. Did you mean month?",
                        "m.yml:16: Metric `d` has both a `window` and a `grain_to_date`. Keep one of them, or none to"
                                + " cumulate all of history.",
                        "m.yml:17: Metric `e` cumulates `d`, which is cumulative itself. Cumulate what `d` is made of.",
                        "m.yml:19: The metric `g` is computed from itself: g → g. Break the cycle.",
                        "m.yml:19: Metric `g` cumulates `g`, which is cumulative itself. Cumulate what `g` is made of.");
    }

    @Test
    void doesNotBlameAReferenceToAFaultyThing() {
        assertOnly(
                TestModels.SMALL.replace("name: country, expr: Country", "name: country"),
                "m.yml:10: Dimension `country` lacks `expr`. Add the SQL expression to group by, such as"
                        + " `expr: Country`.");
    }

    private static String withMetrics(String... metrics) {
        String lines =
                Arrays.stream(metrics).map(metric -> "  - " + metric + "\n").collect(Collectors.joining());
        return TestModels.SMALL.replace("rollups:\n", lines + "rollups:\n");
    }

    private static void assertOnly(String yaml, String fault) {
        assertThat(faults(yaml)).containsExactly(fault);
    }

    private static List<String> faults(String yaml) {
        return refuse(yaml).faults().stream().map(Fault::toString).toList();
    }

    private static ModelFaults refuse(String yaml) {
        return catchThrowableOfType(ModelFaults.class, () -> ModelFile.parse("m.yml", yaml));
    }
}
