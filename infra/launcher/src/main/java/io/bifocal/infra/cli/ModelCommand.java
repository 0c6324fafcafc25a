package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** A command that shows what the API tells of a model. */
abstract class ModelCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "MODEL")
    private String model;

    private final List<String> fields;

    /** @param fields of the document's {@code data}, in the order of the table's columns */
    ModelCommand(String... fields) {
        this.fields = List.of(fields);
    }

    /** Where the document is, below the model; its query too. */
    abstract String path();

    /** Says what the table does not. */
    void comment(JsonNode document, PrintWriter err) {}

    @Override
    public final void run() {
        Session session = main.session();
        JsonNode document = session.api().get("/models/" + Api.segment(model) + "/" + path());
        session.printer().print(document, document.path("data"), fields);
        comment(document, session.err());
    }
}
