package io.bifocal.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void alignsTextToTheLeftAndNumbersToTheRight() {
        StringWriter out = new StringWriter();
        new Table(
                        List.of("time", "country", "revenue"),
                        List.of(
                                List.of("2010-12-01T00:00:00Z", "France", "1234.5"),
                                List.of("2010-12-02T00:00:00Z", "", "~7 (6..8)")))
                .print(new PrintWriter(out, true));

        assertThat(out.toString().lines())
                .containsExactly(
                        "time                  country    revenue",
                        "--------------------  -------  ---------",
                        "2010-12-01T00:00:00Z  France      1234.5",
                        "2010-12-02T00:00:00Z           ~7 (6..8)");
    }
}
