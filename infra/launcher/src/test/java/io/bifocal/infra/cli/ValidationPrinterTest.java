package io.bifocal.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.core.model.Fault;
import io.bifocal.infra.cli.Session.Output;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValidationPrinterTest {
    private static final Fault FAULT = new Fault("a.yml", 7, "There is no agg cuont.", "Did you mean count?");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private void print(Output output) {
        new ValidationPrinter(new PrintWriter(out, true), new PrintWriter(err, true), output)
                .print(List.of(), List.of(FAULT));
    }

    @Test
    void faultsAreDataInJson() {
        print(Output.JSON);

        JsonNode document = Api.json(out.toString());
        assertThat(document.path("valid").asBoolean()).isFalse();
        JsonNode fault = document.path("faults").path(0);
        assertThat(fault.path("file").asText()).isEqualTo("a.yml");
        assertThat(fault.path("line").asInt()).isEqualTo(7);
        assertThat(fault.path("problem").asText()).isEqualTo("There is no agg cuont.");
        assertThat(fault.path("remedy").asText()).isEqualTo("Did you mean count?");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void faultsAreRowsInCsv() {
        print(Output.CSV);

        assertThat(out.toString().lines())
                .containsExactly("file,line,problem,remedy", "a.yml,7,There is no agg cuont.,Did you mean count?");
    }

    @Test
    void faultsAreErrorsForPeople() {
        print(Output.TABLE);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().strip()).isEqualTo(FAULT.toString());
    }
}
