package io.bifocal.serving.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.core.config.Config;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.serving.jobs.AirflowApi.Credentials;
import io.bifocal.serving.jobs.AirflowApi.Dag;
import io.bifocal.serving.jobs.AirflowApi.DagRun;
import io.bifocal.serving.jobs.AirflowApi.ImportError;
import io.bifocal.serving.jobs.AirflowApi.TaskInstance;
import io.bifocal.serving.jobs.AirflowApi.Trigger;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One DAG of an Airflow, as its user: logs in, and again when the token has expired. A fault that may pass, as while Airflow is
 * down, is UNAVAILABLE; each says what would mend it.
 */
final class AirflowClient {
    private static final int CONNECT_SECONDS = 2;
    private static final int ANSWER_SECONDS = 10;
    private static final int UNAUTHENTICATED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    private final AirflowApi api;
    private final URI url;
    private final Credentials credentials;
    private final String dag;
    private volatile Optional<String> bearer = Optional.empty();

    AirflowClient(Config config, String dag) {
        this.url = URI.create(config.text(Config.Key.AIRFLOW_URL));
        this.credentials =
                new Credentials(config.text(Config.Key.AIRFLOW_USERNAME), config.text(Config.Key.AIRFLOW_PASSWORD));
        this.dag = dag;
        this.api = QuarkusRestClientBuilder.newBuilder()
                .baseUri(url)
                .connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                .readTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                .build(AirflowApi.class);
    }

    /** The DAG; empty where Airflow does not know it. */
    Optional<Dag> dag() {
        return call(NOT_FOUND, token -> api.dag(token, dag));
    }

    /** Files that Airflow cannot import, of all its DAGs. */
    List<ImportError> importErrors() {
        return call(NOT_FOUND, api::importErrors)
                .map(AirflowApi.ImportErrors::importErrors)
                .orElse(List.of());
    }

    /** Has a run begin, unless there is one of this id. */
    void trigger(String run, Map<String, String> conf) {
        Optional<DagRun> unused = call(CONFLICT, token -> api.trigger(token, dag, new Trigger(run, null, conf)));
    }

    /** A run's state; empty where there is no such run. */
    Optional<String> state(String run) {
        return call(NOT_FOUND, token -> api.run(token, dag, run)).map(DagRun::state);
    }

    /** Sets a run to failed, which ends its tasks; there may be no such run. */
    void fail(String run) {
        Optional<DagRun> unused = call(NOT_FOUND, token -> api.end(token, dag, run, new DagRun("failed")));
    }

    /** What the last try of a run's task wrote, as lines; empty where it wrote none. */
    List<String> log(String run, String task) {
        int tries = call(NOT_FOUND, token -> api.task(token, dag, run, task))
                .map(TaskInstance::tryNumber)
                .orElse(0);
        return call(NOT_FOUND, token -> api.log(token, dag, run, task, tries, "true"))
                .map(log -> log.content().stream().map(AirflowClient::line).toList())
                .orElse(List.of());
    }

    private static String line(JsonNode written) {
        return written.isObject() ? written.path("event").asText() : written.asText();
    }

    /** What a request is answered; empty where it is answered with one status that the caller expects. */
    private <T> Optional<T> call(int expected, Function<String, T> request) {
        try {
            return Optional.of(authenticated(request));
        } catch (WebApplicationException refused) {
            int status = refused.getResponse().getStatus();
            if (status == expected) {
                return Optional.empty();
            }
            throw status >= SERVER_ERROR || status == TOO_MANY
                    ? unavailable("answers " + status)
                    : refused(status, refused);
        } catch (ProcessingException unreachable) {
            Throwable cause = unreachable.getCause() == null ? unreachable : unreachable.getCause();
            throw unavailable("cannot be reached: " + cause.getMessage());
        }
    }

    /** A token that expired is answered with 401 or 403, as Airflow's versions have it. */
    private <T> T authenticated(Function<String, T> request) {
        Optional<String> known = bearer;
        if (known.isPresent()) {
            try {
                return request.apply(known.get());
            } catch (WebApplicationException refused) {
                int status = refused.getResponse().getStatus();
                if (status != UNAUTHENTICATED && status != FORBIDDEN) {
                    throw refused;
                }
            }
        }
        String fresh = login();
        bearer = Optional.of(fresh);
        return request.apply(fresh);
    }

    private String login() {
        try {
            return "Bearer " + api.login(credentials).accessToken();
        } catch (WebApplicationException refused) {
            int status = refused.getResponse().getStatus();
            if (status >= SERVER_ERROR || status == TOO_MANY) {
                throw refused;
            }
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "Airflow at " + url + " refuses the login of " + credentials.username() + " with " + status + ".",
                    "Set airflow.username and airflow.password to a user of it, and start again.",
                    Map.of("status", status));
        }
    }

    private BifocalException unavailable(String problem) {
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                "Airflow at " + url + " " + problem + ".",
                "See that its API server runs there; airflow.url says where it is sought.");
    }

    /** A DAG that is not found may be on its way, as while its folder is replaced. */
    private BifocalException refused(int status, WebApplicationException refusal) {
        ErrorCode code =
                switch (status) {
                    case NOT_FOUND -> ErrorCode.UNAVAILABLE;
                    case FORBIDDEN -> ErrorCode.REFUSED;
                    default -> ErrorCode.JOB_FAILED;
                };
        return Errors.of(
                code,
                "Airflow at " + url + " answers " + status + " to what is asked of the DAG " + dag + ".",
                "Let " + credentials.username()
                        + " read the DAG, and trigger, read and edit its runs; see that it is the"
                        + " one that comes with this version.",
                refusal);
    }
}
