package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.model.Fault;
import io.bifocal.infra.cli.Session.Output;
import io.bifocal.infra.up.ModelSeed;
import java.io.PrintWriter;
import java.util.List;

/** Prints what became of a check of model files: as JSON and CSV the faults are the answer, for people they are errors. */
final class ValidationPrinter {
    private static final List<String> FIELDS = List.of("file", "line", "problem", "remedy");

    private final PrintWriter out;
    private final PrintWriter err;
    private final Output output;

    ValidationPrinter(PrintWriter out, PrintWriter err, Output output) {
        this.out = out;
        this.err = err;
        this.output = output;
    }

    /** @param right the models of all files, if there are no faults */
    void print(List<ModelSeed> right, List<Fault> faults) {
        if (output == Output.TABLE) {
            faults.forEach(err::println);
            right.forEach(seed -> out.println(
                    seed.file() + ": model " + seed.definition().model().name() + " is right"));
        } else {
            JsonNode document = document(right, faults);
            new Printer(out, output).print(document, document.path("faults"), FIELDS);
        }
    }

    private static ObjectNode document(List<ModelSeed> right, List<Fault> faults) {
        ObjectNode document = Api.JSON.createObjectNode().put("valid", faults.isEmpty());
        ArrayNode models = document.putArray("models");
        right.forEach(seed -> models.addObject()
                .put("file", seed.file().toString())
                .put("model", seed.definition().model().name()));
        ArrayNode list = document.putArray("faults");
        faults.forEach(fault -> list.addObject()
                .put("file", fault.file())
                .put("line", fault.line())
                .put("problem", fault.problem())
                .put("remedy", fault.remedy()));
        return document;
    }
}
