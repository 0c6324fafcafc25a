package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command takes that asks for a job of a model. */
final class JobOptions {
    @Parameters(paramLabel = "MODEL")
    private String model;

    @Option(names = "--wait", description = "Return when the job has succeeded, or is a failure.")
    private boolean wait;

    String model() {
        return model;
    }

    /** A request of this type, to which the command adds its own fields. */
    ObjectNode request(String type) {
        return Api.JSON.createObjectNode().put("type", type).put("model", model);
    }

    /** Asks for the job and prints it; where it is to be followed, with what came of it. */
    void run(Session session, JsonNode request) {
        JobWatch jobs = new JobWatch(session);
        JsonNode job = jobs.start(request, UUID.randomUUID().toString());
        if (wait) {
            job = jobs.await(job.path("id").asText());
            List<String> came = new ArrayList<>(List.of("id", "type", "model", "state"));
            ObjectNode row = job.deepCopy();
            job.path("result").properties().forEach(field -> {
                if (field.getValue().isValueNode() && !row.has(field.getKey())) {
                    came.add(field.getKey());
                    row.set(field.getKey(), field.getValue());
                }
            });
            session.printer().print(job, List.of(row), came);
        } else {
            session.printer().print(job, JobsCommand.FIELDS);
        }
    }

    /** Asks for the job, follows it, and prints what it found. */
    void runForResult(Session session, JsonNode request) {
        JobWatch jobs = new JobWatch(session);
        String id = jobs.start(request, UUID.randomUUID().toString()).path("id").asText();
        JsonNode result = jobs.await(id).path("result");
        session.printer().print(result, names(result));
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
