package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.cli.Session.Output;
import io.bifocal.infra.up.Home;
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
            print(session, status(session, running(local.get())));
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

    /** Parts as {@code up} sees them; models as the API does, none while it is away. */
    private static ObjectNode status(Session session, UpRecord up) {
        JsonNode served = served(session, up);
        ObjectNode status = Api.JSON.createObjectNode();
        boolean allUp = up.parts().stream().allMatch(part -> part.state() == PartState.UP);
        status.put("ready", allUp && served.path("ready").asBoolean());
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
        status.set("models", served.path("models").isArray() ? served.path("models") : Api.JSON.createArrayNode());
        return status;
    }

    private static JsonNode served(Session session, UpRecord up) {
        try {
            return new Api(URI.create(up.url())).get("/status", TIMEOUT);
        } catch (RuntimeException away) {
            session.err().println("The API does not answer; models are not shown.");
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
