package io.bifocal.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventParserTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "long|12|12",
                "long|\"12\"|12",
                "long|\" -7 \"|-7",
                "long|3.0|3",
                "long|\"3.0\"|3",
                "long|3e2|300",
                "long|-9223372036854775808|-9223372036854775808",
                "double|1|1.0",
                "double|\"1e3\"|1000.0",
                "double|-0.0|0.0",
                "decimal(10,2)|1.5|1.50",
                "decimal(10,2)|\"1.50\"|1.50",
                "decimal(10,2)|1.500|1.50",
                "decimal(10,2)|7|7.00",
                "decimal(10,2)|0e-30|0.00",
                "decimal(10,2)|99999999.99|99999999.99",
                "decimal(38,0)|12345678901234567890123456789012345678|12345678901234567890123456789012345678",
                "boolean|true|true",
                "boolean|\"F\"|false",
                "boolean|1|true",
                "string|1.10|1.10",
                "string|true|true",
                "string|\"ä\\u20ac\"|ä€",
                "string|{\"a\": [1, 2]}|{\"a\": [1, 2]}",
                "string|[ 1,{} ]|[ 1,{} ]",
                "timestamp|\"2015-09-12T00:46:58.771Z\"|2015-09-12T00:46:58.771Z",
                "timestamp|\"2015-09-12T02:46:58+02:00\"|2015-09-12T00:46:58Z",
                "timestamp|\"2015-09-12 00:46\"|2015-09-12T00:46:00Z",
                "timestamp|\"2015-09-12\"|2015-09-12T00:00:00Z"
            })
    void castsWhatFits(String type, String json, String expected) {
        assertThat(String.valueOf(value(type, "{\"c\":" + json + "}"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "long|\"abc\"|column c: 'abc' is not a long",
                "long|\"\"|column c: '' is not a long",
                "long|1.5|column c: '1.5' is not a long",
                "long|9223372036854775808|column c: '9223372036854775808' is not a long",
                "long|true|column c: true is not a long",
                "long|[1]|column c: an array is not a long",
                "double|\"NaN\"|column c: 'NaN' is not a finite double",
                "double|1e999|column c: '1e999' is not a finite double",
                "double|\"1d\"|column c: '1d' is not a finite double",
                "decimal(10,2)|1.005|column c: '1.005' is not a decimal(10,2)",
                "decimal(10,2)|100000000|column c: '100000000' is not a decimal(10,2)",
                "decimal(10,2)|1e999999999|column c: '1e999999999' is not a decimal(10,2)",
                "decimal(10,2)|\"1e-999999999\"|column c: '1e-999999999' is not a decimal(10,2)",
                "boolean|\"maybe\"|column c: 'maybe' is not a boolean",
                "boolean|{}|column c: an object is not a boolean",
                "timestamp|\"12:00\"|column c: '12:00' is not a timestamp (ISO-8601)",
                "timestamp|\"2015-02-30T00:00:00Z\"|column c: '2015-02-30T00:00:00Z' is not a timestamp (ISO-8601)",
                "timestamp|1442018818|column c: 1442018818 is not a timestamp text"
            })
    void saysWhatDoesNotFit(String type, String json, String reason) {
        assertThat(reason(type, "{\"c\":" + json + "}")).isEqualTo(reason);
    }

    @Test
    void takesAbsentAndNullAsTheSame() {
        assertThat(value("long", "{}")).isNull();
        assertThat(value("long", "{\"c\":null}")).isNull();
    }

    @Test
    void countsTheLastOfEqualKeys() {
        assertThat(value("long", "{\"c\":1,\"c\":2}")).isEqualTo(2L);
        assertThat(parse(nested(), "{\"a\":{\"b\":\"x\",\"d\":1},\"a\":{\"d\":2}}"))
                .containsExactly("{\"d\":2}", null, 2L);
    }

    @Test
    void findsNestedColumns() {
        assertThat(parse(nested(), "{\"z\":[{}],\"a\":{\"b\":\"x\",\"q\":{\"b\":0},\"d\":3}}"))
                .containsExactly("{\"b\":\"x\",\"q\":{\"b\":0},\"d\":3}", "x", 3L);
        assertThat(parse(nested(), "{\"a\":5}")).containsExactly("5", null, null);
        assertThat(parse(nested(), "{\"a\":null}")).containsExactly(null, null, null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "1",
                "[]",
                "\"x\"",
                "{",
                "{\"c\":}",
                "{\"c\":1}}",
                "{\"c\":1} {}",
                "{\"c\":1} x",
                "{'c':1}",
                "{\"c\":01}",
                "{\"c\":NaN}",
                "not json"
            })
    void refusesWhatIsNotOneObject(String payload) {
        assertThat(reason("long", payload))
                .isNotBlank()
                .doesNotStartWith("accepted")
                .doesNotContain("Exception");
    }

    @Test
    void refusesTombstones() {
        assertThatThrownBy(() -> new EventParser(columns("long")).parse(null))
                .isInstanceOf(MalformedException.class)
                .hasMessage("the record has no value (a tombstone)");
    }

    @Test
    void refusesBrokenUtf8EvenInWhatItSkips() {
        byte[] payload = "{\"skipped\":\"ä\",\"c\":1}".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> new EventParser(columns("long")).parse(payload))
                .isInstanceOf(MalformedException.class)
                .hasMessage("not UTF-8 at byte 12");
    }

    @Test
    void refusesOtherEncodings() {
        byte[] payload = "{\"c\":1}".getBytes(StandardCharsets.UTF_16LE);

        assertThatThrownBy(() -> new EventParser(columns("long")).parse(payload))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void readsBehindAByteOrderMark() {
        byte[] payload = "\uFEFF{\"c\":[1]}".getBytes(StandardCharsets.UTF_8);

        assertThat(new EventParser(columns("string")).parse(payload)).containsExactly("[1]");
    }

    @Test
    void survivesAbsurdNesting() {
        String deep = "{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThat(reason("long", deep)).startsWith("not JSON: ");
    }

    @Test
    void shortensWhatItQuotes() {
        assertThat(reason("long", "{\"c\":\"" + "x".repeat(10_000) + "\"}"))
                .hasSizeLessThan(200)
                .contains("10000 characters");
    }

    @Test
    void givesTimestampsAndDecimalsTheirJavaTypes() {
        assertThat(value("timestamp", "{\"c\":\"2015-09-12T00:46:58.7712349Z\"}"))
                .isEqualTo(Instant.parse("2015-09-12T00:46:58.771234Z"));
        assertThat(value("decimal(12,4)", "{\"c\":2.55}")).isEqualTo(new BigDecimal("2.5500"));
    }

    private static List<Column> nested() {
        return List.of(
                new Column("whole", ValueType.STRING, List.of("a")),
                new Column("b", ValueType.STRING, List.of("a", "b")),
                new Column("d", ValueType.LONG, List.of("a", "d")));
    }

    private static List<Column> columns(String type) {
        return new ArrayList<>(List.of(new Column("c", ValueType.parse(type).orElseThrow(), List.of("c"))));
    }

    private static Object value(String type, String json) {
        return parse(columns(type), json)[0];
    }

    private static Object[] parse(List<Column> columns, String json) {
        return new EventParser(columns).parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String reason(String type, String json) {
        try {
            return "accepted " + value(type, json);
        } catch (MalformedException malformed) {
            return malformed.getMessage();
        }
    }
}
