package io.bifocal.core.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.query.Query.Direction;
import io.bifocal.core.query.Query.Filter;
import io.bifocal.core.query.Query.Operator;
import io.bifocal.core.query.Query.Order;
import io.bifocal.core.query.Query.Require;
import io.bifocal.core.query.Query.TimeRange;
import io.bifocal.core.time.Granularity;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryParserTest {
    private static final Query WHOLE = new Query(
            "retail",
            List.of("revenue", "customers"),
            List.of("country"),
            new TimeRange(
                    Optional.of(Instant.parse("2010-12-01T00:00:00Z")),
                    Optional.of(Instant.parse("2010-12-08T00:00:00Z")),
                    Optional.of(Granularity.DAY),
                    ZoneId.of("Europe/London"),
                    Query.Fill.NONE),
            List.of(
                    new Filter("country", Operator.EQUALS, Arrays.asList("France", null)),
                    new Filter("units", Operator.GT, List.of(new BigDecimal("1.5"))),
                    new Filter("paid", Operator.EQUALS, List.of(true)),
                    new Filter("sku", Operator.SET, List.of())),
            List.of(new Order("revenue", Direction.DESC), new Order("time", Direction.ASC)),
            Optional.of(5),
            Require.EXACT,
            Optional.of(60_000L));

    @Test
    void readsAWholeQuery() {
        assertThat(
                        QueryParser.parse(
                                """
                {"model": "retail", "metrics": ["revenue", "customers"], "dimensions": ["country"],
                 "time": {"from": "2010-12-01T01:00:00+01:00", "to": "2010-12-08T00:00:00Z", "granularity": "day",
                          "zone": "Europe/London"},
                 "filters": [{"dimension": "country", "operator": "equals", "values": ["France", null]},
                             {"dimension": "units", "operator": "gt", "values": [1.5]},
                             {"dimension": "paid", "operator": "equals", "values": [true]},
                             {"dimension": "sku", "operator": "set"}],
                 "order": [{"by": "revenue", "direction": "desc"}, {"by": "time"}],
                 "limit": 5,
                 "consistency": {"require": "exact", "maxStalenessMillis": 60000}}"""))
                .isEqualTo(WHOLE);
    }

    @Test
    void readsWhatThePrinterWrites() {
        assertThat(QueryParser.parse(QueryPrinter.toJson(WHOLE).toString())).isEqualTo(WHOLE);
        Query short_ = Query.of("retail", List.of("revenue"));
        assertThat(QueryParser.parse(QueryPrinter.toJson(short_).toString())).isEqualTo(short_);
    }

    @Test
    void readsHowGapsAreFilled() {
        Query query = (Query) QueryParameters.parse(Map.of(
                "model", List.of("retail"),
                "metrics", List.of("revenue"),
                "granularity", List.of("day"),
                "fill", List.of("empty")));

        assertThat(query.time().fill()).isEqualTo(Query.Fill.EMPTY);
        assertThat(QueryParser.parse(QueryPrinter.toJson(query).toString())).isEqualTo(query);
    }

    @Test
    void readsParameters() {
        assertThat(QueryParameters.parse(Map.of(
                        "model", List.of("retail"),
                        "metrics", List.of("revenue, customers"),
                        "dimensions", List.of("country"),
                        "from", List.of("2010-12-01T01:00:00 01:00"),
                        "granularity", List.of("15minute"),
                        "zone", List.of("UTC"),
                        "filter", List.of("country:notEquals:a\\,b,c:d\\", "sku:notSet"),
                        "order", List.of("revenue:desc", "country"),
                        "limit", List.of("7"),
                        "require", List.of("any"))))
                .isEqualTo(new Query(
                        "retail",
                        List.of("revenue", "customers"),
                        List.of("country"),
                        new TimeRange(
                                Optional.of(Instant.parse("2010-12-01T00:00:00Z")),
                                Optional.empty(),
                                Optional.of(Granularity.QUARTER_HOUR),
                                ZoneOffset.UTC,
                                Query.Fill.NONE),
                        List.of(
                                new Filter("country", Operator.NOT_EQUALS, List.of("a,b", "c:d\\")),
                                new Filter("sku", Operator.NOT_SET, List.of())),
                        List.of(new Order("revenue", Direction.DESC), new Order("country", Direction.ASC)),
                        Optional.of(7),
                        Require.ANY,
                        Optional.empty()));
        assertThat(QueryParameters.parse(Map.of("answer", List.of("abc")))).isEqualTo(new Question.Earlier("abc"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"model":                                                       | BAD_REQUEST  | The JSON is broken
            ``                                                              | BAD_REQUEST  | no query
            []                                                              | BAD_REQUEST  | is a list, not an object
            {"model": "a"} {}                                               | BAD_REQUEST  | The JSON is broken
            {"model": "a", "model": "b"}                                    | BAD_REQUEST  | Duplicate
            {"metrics": ["a"]}                                              | BAD_REQUEST  | model is missing
            {"model": 1}                                                    | BAD_REQUEST  | model is the number 1, not a text
            {"model": "a", "metrics": "b"}                                  | BAD_REQUEST  | metrics is a text, not a list
            {"model": "a", "metrics": [1]}                                  | BAD_REQUEST  | metrics[] is the number 1
            {"model": "a", "limits": 1}                                     | BAD_REQUEST  | Unknown key limits
            {"model": "a", "limit": 1.5}                                    | BAD_REQUEST  | not a whole number
            {"model": "a", "limit": -1}                                     | BAD_REQUEST  | limit is -1
            {"model": "a", "limit": 1e99999999999}                          | BAD_REQUEST  | exponent
            {"model": "a", "filters": [{"dimension": "b", "operator": "equals", "values": [1e99999]}]} | BAD_REQUEST | holds 1E+99999
            {"model": "a", "time": {"form": ""}}                            | BAD_REQUEST  | Unknown key time.form
            {"model": "a", "time": {"from": "2010-12-01"}}                  | BAD_REQUEST  | not a time of RFC 3339
            {"model": "a", "time": {"granularity": "days"}}                 | UNKNOWN_NAME | Unknown granularity days
            {"model": "a", "time": {"zone": "Europe/Londn"}}                | UNKNOWN_NAME | Unknown zone Europe/Londn
            {"model": "a", "filters": [{"dimension": "b", "operator": "eq", "values": []}]} | UNKNOWN_NAME | operator eq
            {"model": "a", "filters": [{"dimension": "b", "operator": "equals", "values": [[]]}]} | BAD_REQUEST | holds []
            {"model": "a", "order": [{"by": "b", "direction": "up"}]}       | UNKNOWN_NAME | Unknown direction up
            {"model": "a", "consistency": {"require": "most"}}              | UNKNOWN_NAME | Unknown require most
            {"model": "a", "answer": "b"}                                   | BAD_REQUEST  | answer stands beside
            """)
    void refusesOtherForms(String json, ErrorCode code, String problem) {
        assertThatThrownBy(() -> QueryParser.parse(json))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, code))
                .hasMessageContaining(problem);
    }

    @Test
    void showsTheValueThatWasSent() {
        assertThatThrownBy(() -> QueryParser.parse("{\"model\": \"a\", \"metrics\": \"b\"}"))
                .isInstanceOfSatisfying(BifocalException.class, fault -> assertThat(fault.values())
                        .containsEntry("value", "\"b\""));
    }

    @Test
    void refusesARangeThatEndsBeforeItBegins() {
        assertThatThrownBy(
                        () -> QueryParser.parse(
                                """
                {"model": "a", "time": {"from": "2011-01-01T00:00:00Z", "to": "2010-01-01T00:00:00Z"}}"""))
                .satisfies(fault -> QueryEngineTest.hasCode(fault, ErrorCode.BAD_QUERY));
    }

    @Test
    void refusesOtherParameters() {
        assertThatThrownBy(() -> QueryParameters.parse(Map.of("modl", List.of("a"))))
                .hasMessage("Unknown parameter modl.");
        assertThatThrownBy(() -> QueryParameters.parse(Map.of("model", List.of("a"), "limit", List.of("x"))))
                .hasMessage("limit is x.");
        assertThatThrownBy(() -> QueryParameters.parse(Map.of("model", List.of("a"), "filter", List.of("x"))))
                .hasMessageContaining("names no operator");
    }
}
