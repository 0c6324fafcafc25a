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

    private final String resource;
    private final List<String> fields;

    /**
     * @param resource below the model
     * @param fields of the document's {@code data}, in the order of the table's columns
     */
    ModelCommand(String resource, String... fields) {
        this.resource = resource;
        this.fields = List.of(fields);
    }

    /** What of it is asked for, from the question mark on. */
    String query() {
        return "";
    }

    /** Says what the table does not. */
    void comment(JsonNode document, PrintWriter err) {}

    @Override
    public final void run() {
        Session session = main.session();
        JsonNode document = session.api().get("/models/" + Api.segment(model) + "/" + resource + query());
        session.printer().print(document, document.path("data"), fields);
        comment(document, session.err());
    }
}
