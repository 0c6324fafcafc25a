package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.cli.Session.Output;
import io.bifocal.infra.up.Home;
import io.bifocal.infra.up.ModelRecord;
import io.bifocal.infra.up.PartState;
import io.bifocal.infra.up.PortRecord;
import io.bifocal.infra.up.UpRecord;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** How the platform is. On its own machine this needs no HTTP, and answers whatever part is dead. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows the platform's parts and models. CSV shows the parts.")
final class StatusCommand implements Runnable {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final List<String> PARTS = List.of("name", "pid", "state", "restarts", "since");
    private static final List<String> MODELS = List.of("model", "lagEvents", "freshThrough", "generation");

    @ParentCommand
    private Main main;

    @Option(names = "--home", paramLabel = "DIR", description = "Home of an up on this machine; otherwise --url tells.")
    private Optional<Path> home = Optional.empty();

    @Override
    public void run() {
        Session session = main.session();
        Optional<Home> local = home.map(Home::new).or(() -> PortRecord.ofUser().home(session.url()));
        if (local.isPresent()) {
            print(session, status(session, local.get(), running(local.get())));
        } else {
            print(session, session.api().get("/status", TIMEOUT));
        }
    }

    private static UpRecord running(Home home) {
        return UpRecord.read(home)
                .filter(UpRecord::alive)
                .orElseThrow(() -> Errors.of(
                        ErrorCode.UNAVAILABLE,
                        "No platform runs in " + home.root() + ".",
                        "Start it with ./bifocal up --models DIR --home " + home.root() + "."));
    }

    /** Parts as {@code up} sees them; models as the API does, or did when it last answered. */
    private static ObjectNode status(Session session, Home home, UpRecord up) {
        JsonNode served = served(up);
        ObjectNode status = Api.JSON.createObjectNode();
        boolean allUp = up.parts().stream().allMatch(part -> part.state() == PartState.UP);
        boolean ready = allUp && served.path("ready").asBoolean();
        status.put("ready", ready);
        status.put("pid", up.pid());
        status.put("url", up.url());
        status.put("home", up.home());
        ArrayNode parts = status.putArray("parts");
        up.parts().forEach(part -> parts.addObject()
                .put("name", part.name())
                .put("pid", part.pid())
                .put("state", part.state().name())
                .put("restarts", part.restarts())
                .put("since", part.since().toString()));
        // What is not ready may have forgotten its models: it lists none while it cannot reach Cassandra.
        if (ready || !served.path("models").isEmpty()) {
            status.set("models", served.path("models"));
        } else {
            lastKnownModels(session, home, status);
        }
        return status;
    }

    private static void lastKnownModels(Session session, Home home, ObjectNode status) {
        Optional<ModelRecord> last = ModelRecord.read(home);
        status.set("models", last.map(ModelRecord::models).orElseGet(Api.JSON::createArrayNode));
        last.ifPresent(record -> status.put("modelsAsOf", record.at().toString()));
        session.err()
                .println("The API does not tell about models now; "
                        + last.map(record -> "they are shown as of " + record.at() + ".")
                                .orElse("nothing is known about them yet."));
    }

    private static JsonNode served(UpRecord up) {
        try {
            return new Api(URI.create(up.url())).get("/status", TIMEOUT);
        } catch (BifocalException | ApiProblem away) {
            return Api.JSON.missingNode();
        }
    }

    private static void print(Session session, JsonNode status) {
        if (session.output() == Output.JSON) {
            session.printer().json(status);
            return;
        }
        session.printer().rows(status.path("parts"), PARTS);
        if (session.output() == Output.TABLE) {
            session.out().println();
            session.printer().rows(status.path("models"), MODELS);
            session.out().println();
            session.out().println(status.path("ready").asBoolean() ? "ready" : "not ready");
        }
    }
}
