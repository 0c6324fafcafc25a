package io.bifocal.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.bifocal.infra.local.BuildTree;
import io.bifocal.infra.up.Home;
import io.bifocal.infra.up.ProcessId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands against an HTTP server that says what the platform would. */
class CommandLineTest {
    private static final Path MODELS = BuildTree.root().resolve("infra/acceptance/src/test/resources/models");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private int status = 200;
    private List<String> answers = List.of("{}");

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** The answers in turn, then the last one for ever. */
    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String answer = answers.get(Math.min(requests.size(), answers.size() - 1));
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + (body.isEmpty() ? "" : " " + body));
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--url";
        all[arguments.length + 1] = "http://127.0.0.1:" + server.getAddress().getPort();
        return Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "up",
                "down",
                "status",
                "models",
                "models validate",
                "models list",
                "models show",
                "models apply",
                "ingest",
                "query",
                "recompute",
                "rollback",
                "jobs",
                "jobs show",
                "jobs cancel",
                "ledger",
                "quarantine",
                "test"
            })
    void everyCommandHasHelp(String command) {
        assertThat(run((command + " --help").split(" "))).isZero();
        assertThat(out.toString())
                .contains("Usage: bifocal " + command)
                .contains("--url")
                .contains("--output");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "127.0.0.1:8080", "ftp://127.0.0.1", "http://127.0.0.1:65536", "http:///path"})
    void refusesWhatIsNoAddressWithoutAStackTrace(String url) {
        int exit = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute("models", "list", "--url", url);

        assertThat(exit).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .startsWith("Invalid value for option '--url': '" + url + "' is not an address such as http://")
                .doesNotContain("\tat ", "Exception");
    }

    @Test
    void printsAnAnswerAsATableAndWhatIsAboutItOnStderr() {
        answers = List.of(
                """
                {"columns": [{"name": "country", "type": "string"}, {"name": "revenue", "type": "decimal"}],
                 "data": [{"country": "France", "revenue": 12345678901234567890.120, "status": "exact"},
                          {"country": null, "revenue": 7, "status": "mixed", "estimates": {"revenue": {"low": 6, "high": 8}}}],
                 "meta": {"rollup": "by_country", "generation": 42, "partial": false, "warnings": ["mind the gap"]}}
                """);

        assertThat(run("query", "retail", "--metrics", "revenue", "--by", "country"))
                .isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "country                   revenue  status",
                        "-------  ------------------------  ------",
                        "France   12345678901234567890.120  exact",
                        "null                    ~7 (6..8)  mixed");
        assertThat(err.toString()).contains("2 rows; rollup by_country; generation 42", "warning: mind the gap");
    }

    @Test
    void printsTheApisOwnJson() {
        answers = List.of("{\"data\": [{\"revenue\": 1.50}]}");

        assertThat(run("query", "retail", "--metrics", "revenue", "--output", "json"))
                .isZero();

        assertThat(out.toString().strip()).isEqualTo(answers.get(0));
    }

    @Test
    void tellsWhatIsWrongAndWhatToDo() {
        status = 422;
        answers = List.of(
                "{\"code\": \"UNKNOWN_NAME\", \"detail\": \"No metric revenu.\", \"remedy\": \"Did you mean revenue?\"}");

        assertThat(run("query", "retail", "--metrics", "revenu")).isEqualTo(1);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines()).containsExactly("error: No metric revenu.", "remedy: Did you mean revenue?");
    }

    @Test
    void saysThatNobodyAnswers() {
        server.stop(0);

        assertThat(run("ledger", "retail")).isEqualTo(1);

        assertThat(err.toString()).contains("error: Nobody answers at", "remedy: Start the platform with ./bifocal up");
    }

    @Test
    void waitsForAJobAndSucceedsWithIt() {
        answers = List.of(
                "{\"id\": \"j1\", \"state\": \"QUEUED\", \"progress\": 0}",
                "{\"id\": \"j1\", \"state\": \"RUNNING\", \"progress\": 0.5}",
                "{\"id\": \"j1\", \"state\": \"SUCCEEDED\", \"progress\": 1, \"type\": \"recompute\"}");

        assertThat(run("recompute", "retail", "--full", "--wait", "--output", "json"))
                .isZero();

        assertThat(requests.get(0))
                .isEqualTo("POST /api/v1/jobs {\"type\":\"recompute\",\"model\":\"retail\",\"full\":true}");
        assertThat(requests.get(1)).isEqualTo("GET /api/v1/jobs/j1");
        assertThat(Api.json(out.toString()).path("state").asText()).isEqualTo("SUCCEEDED");
    }

    @Test
    void saysWhatCameOfAJobThatItWaitedFor() {
        answers = List.of(
                "{\"id\": \"j1\", \"state\": \"QUEUED\"}",
                """
                {"id": "j1", "type": "reconcile", "model": "retail", "state": "SUCCEEDED",
                 "result": {"restated": 14, "cut": {"t": {"0": 3}}, "unexplained": 2}}""");

        assertThat(run("reconcile", "retail", "--wait", "--output", "csv")).isZero();

        assertThat(out.toString().lines())
                .containsExactly("id,type,model,state,restated,unexplained", "j1,reconcile,retail,SUCCEEDED,14,2");
    }

    @Test
    void failsWithAJobThatFailed() {
        answers = List.of(
                "{\"id\": \"j1\", \"state\": \"QUEUED\", \"progress\": 0}",
                "{\"id\": \"j1\", \"state\": \"FAILED\", \"error\": \"the archive is gone\"}");

        assertThat(run("recompute", "retail", "--wait")).isEqualTo(1);

        assertThat(err.toString())
                .contains("error: Job j1 is FAILED: the archive is gone", "remedy: See ./bifocal jobs show j1.");
    }

    @Test
    void putsAnEarlierGenerationBackAndWaitsUntilItIsInForce() {
        answers = List.of(
                "{\"id\": \"j1\", \"state\": \"QUEUED\"}",
                "{\"id\": \"j1\", \"state\": \"RUNNING\"}",
                "{\"id\": \"j1\", \"state\": \"SUCCEEDED\", \"type\": \"rollback\"}");

        assertThat(run("rollback", "retail", "--generation", "3", "--output", "csv"))
                .isZero();

        assertThat(requests)
                .containsExactly(
                        "POST /api/v1/jobs {\"type\":\"rollback\",\"model\":\"retail\",\"generation\":3}",
                        "GET /api/v1/jobs/j1",
                        "GET /api/v1/jobs/j1");
        assertThat(out.toString().lines())
                .containsExactly("id,type,model,state,progress,message,error", "j1,rollback,,SUCCEEDED,,,");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void showsWhatChangesInAModelBeforeItIsApplied() throws IOException {
        String before = Files.readString(MODELS.resolve("visits.yml"));
        Path file = Files.writeString(directory.resolve("visits.yml"), before + "# new\n");
        answers = List.of(Api.JSON.createObjectNode().put("yaml", before).toString(), "{\"name\": \"visits\"}");

        assertThat(run("models", "apply", file.toString(), "--output", "json")).isZero();

        assertThat(requests.get(0)).isEqualTo("GET /api/v1/models/visits");
        assertThat(requests.get(1)).startsWith("PUT /api/v1/models/visits");
        assertThat(err.toString()).contains("Changes of the model in force:", "  + # new");
        assertThat(Api.json(out.toString()).path("name").asText()).isEqualTo("visits");
    }

    @Test
    void statusShowsTheModelsAsTheyWereWhileTheApiIsAway() throws IOException {
        Home home = new Home(directory.resolve("home"));
        Files.createDirectories(home.run());
        ProcessId self = ProcessId.current();
        ObjectNode up = Api.JSON
                .createObjectNode()
                .put("pid", self.pid())
                .put("processStartedAt", self.startedAt().toString())
                .put("home", home.root().toString())
                .put("url", "http://127.0.0.1:" + server.getAddress().getPort());
        up.putArray("parts")
                .addObject()
                .put("name", "serving")
                .put("state", "RESTARTING")
                .put("since", "2026-01-01T00:00:00Z");
        Files.writeString(home.upRecord(), up.toString());
        server.stop(0);

        assertThat(run("status", "--home", home.root().toString(), "--output", "json"))
                .isZero();
        assertThat(Api.json(out.toString()).path("models")).isEmpty();
        assertThat(err.toString()).contains("nothing is known about them yet");

        out.getBuffer().setLength(0);
        Files.writeString(
                home.modelRecord(), "{\"at\": \"2026-01-01T00:00:00Z\", \"models\": [{\"model\": \"retail\"}]}");
        assertThat(run("status", "--home", home.root().toString(), "--output", "json"))
                .isZero();
        JsonNode status = Api.json(out.toString());
        assertThat(status.path("ready").asBoolean()).isFalse();
        assertThat(status.path("models").path(0).path("model").asText()).isEqualTo("retail");
        assertThat(status.path("modelsAsOf").asText()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void printsRowsAsCsv() {
        answers = List.of("{\"balanced\": true, \"data\": [{\"partition\": 0, \"hour\": \"a,b\", \"read\": 3}]}");

        assertThat(run("ledger", "retail", "--output", "csv")).isZero();

        assertThat(out.toString().lines())
                .containsExactly("partition,hour,read,archived,quarantined,counted", "0,\"a,b\",3,,,");
    }

    @Test
    void refusesAnIngestWhereNoPlatformRuns() throws IOException {
        Path file = Files.writeString(directory.resolve("a.json"), "{}");

        assertThat(run("ingest", "retail", file.toString())).isEqualTo(1);

        assertThat(err.toString()).contains("so its Kafka is not known");
    }

    @Test
    void downRefusesAHomeThatIsNone() {
        assertThat(run("down", "--home", directory.resolve("typo").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("There is no directory", "typo");
    }

    @Test
    void understandsNothingElse() {
        assertThat(run("fly")).isEqualTo(2);
        assertThat(err.toString()).contains("fly");
    }
}
