package io.bifocal.serving.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** The calls of Airflow 3's public API that running jobs takes; names are Airflow's. */
@RegisterRestClient
@Path("/")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
interface AirflowApi {
    record Credentials(String username, String password) {}

    record Token(@JsonProperty("access_token") String accessToken) {}

    record Dag(
            @JsonProperty("is_paused") boolean paused,
            @JsonProperty("is_stale") boolean stale,
            @JsonProperty("has_import_errors") boolean importErrors) {}

    record ImportErrors(@JsonProperty("import_errors") List<ImportError> importErrors) {}

    /**
     * A DAG file that Airflow cannot import.
     *
     * @param stackTrace Python's
     */
    record ImportError(String filename, @JsonProperty("stack_trace") String stackTrace) {}

    /**
     * A run that is to be.
     *
     * @param logicalDate null for a run of its own; Airflow refuses a request that leaves it out
     */
    record Trigger(
            @JsonProperty("dag_run_id") String dagRunId,
            @JsonProperty("logical_date") @JsonInclude(JsonInclude.Include.ALWAYS) String logicalDate,
            Map<String, String> conf) {}

    /**
     * A run, as far as it matters here.
     *
     * @param state queued, running, success or failed
     */
    record DagRun(String state) {}

    record TaskInstance(@JsonProperty("try_number") int tryNumber) {}

    /**
     * What a try of a task wrote.
     *
     * @param content an object with its {@code event} for each line, or a text
     */
    record TaskLog(List<JsonNode> content) {}

    @POST
    @Path("auth/token")
    Token login(Credentials credentials);

    @GET
    @Path("api/v2/dags/{dag}")
    Dag dag(@HeaderParam(HttpHeaders.AUTHORIZATION) String bearer, @PathParam("dag") String dag);

    @GET
    @Path("api/v2/importErrors")
    ImportErrors importErrors(@HeaderParam(HttpHeaders.AUTHORIZATION) String bearer);

    @POST
    @Path("api/v2/dags/{dag}/dagRuns")
    DagRun trigger(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer, @PathParam("dag") String dag, Trigger trigger);

    @GET
    @Path("api/v2/dags/{dag}/dagRuns/{run}")
    DagRun run(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @PathParam("dag") String dag,
            @PathParam("run") String run);

    @PATCH
    @Path("api/v2/dags/{dag}/dagRuns/{run}")
    DagRun end(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @PathParam("dag") String dag,
            @PathParam("run") String run,
            DagRun state);

    @GET
    @Path("api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}")
    TaskInstance task(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @PathParam("dag") String dag,
            @PathParam("run") String run,
            @PathParam("task") String task);

    @GET
    @Path("api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/{try}")
    TaskLog log(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String bearer,
            @PathParam("dag") String dag,
            @PathParam("run") String run,
            @PathParam("task") String task,
            @PathParam("try") int tryNumber,
            @QueryParam("full_content") String fullContent);
}
