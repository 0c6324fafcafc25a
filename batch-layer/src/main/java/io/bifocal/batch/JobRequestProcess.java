package io.bifocal.batch;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.JobStore;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.job.Job;
import io.bifocal.core.job.JobForm;
import io.bifocal.core.model.Model;
import io.bifocal.spark.KafkaClients;
import io.bifocal.spark.KafkaTopic;
import io.bifocal.spark.SparkProcess;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the ledger for jobs on behalf of a scheduler elsewhere, and waits for their end: {@code JobRequestProcess <key> <type>
 * <model, or * for all> [<field>=<value>…]}. The executor has them run. Asked again with the same key, they are the same jobs.
 * Exits 0 where all succeeded, 1 otherwise.
 */
public final class JobRequestProcess {
    private static final Logger LOG = LoggerFactory.getLogger(JobRequestProcess.class);
    private static final int FIELDS_FROM = 3;
    private static final long LOOK_MILLIS = 1_000;

    private final JobStore jobs;
    private final ModelCatalog models;
    private final Admin kafka;

    JobRequestProcess(JobStore jobs, ModelCatalog models, Admin kafka) {
        this.jobs = jobs;
        this.models = models;
        this.kafka = kafka;
    }

    public static void main(String[] arguments) {
        SparkProcess.run("job request", config -> run(config, List.of(arguments)));
    }

    private static int run(Config config, List<String> arguments) throws InterruptedException {
        if (arguments.size() < FIELDS_FROM) {
            throw Errors.of(
                    ErrorCode.BAD_REQUEST,
                    "Arguments are lacking: " + arguments + ".",
                    "Give a key, a type of job, a model or *, and the job's fields as name=value.");
        }
        CassandraConnection connection = CassandraConnection.shared(config);
        try (Admin kafka = Admin.create(new HashMap<>(KafkaClients.properties(config)))) {
            JobRequestProcess process = new JobRequestProcess(
                    new JobStore(connection, Clock.systemUTC()),
                    new ModelCatalog(connection, Clock.systemUTC()),
                    kafka);
            JobForm form = JobForm.parse(arguments.get(1), fields(arguments.subList(FIELDS_FROM, arguments.size())));
            List<String> ids = process.ask(arguments.get(0), form, arguments.get(2));
            return process.awaitSuccess(ids) ? 0 : 1;
        }
    }

    /** Creates the jobs, or finds those that the same key created, and returns their ids. */
    List<String> ask(String key, JobForm form, String model) {
        List<String> ids = new ArrayList<>();
        for (Model each : models(model)) {
            Positions end = KafkaTopic.end(kafka, each.source().topic());
            if (model.equals(JobForm.EVERY_MODEL) && end.equals(Positions.NONE)) {
                LOG.info("{} has no records", each.name());
                continue;
            }
            Map<String, Object> spec = new TreeMap<>(form.spec());
            spec.put(JobForm.POSITIONS, end.asMap());
            Job job = jobs.create(form.type(), each.name(), spec, Optional.of(key + "-" + each.name()));
            LOG.info("job {}: {} of {}", job.id(), form.type(), each.name());
            ids.add(job.id());
        }
        return ids;
    }

    private List<Model> models(String name) {
        List<Model> found = models.all().stream()
                .map(applied -> applied.definition().model())
                .filter(model -> name.equals(JobForm.EVERY_MODEL) || name.equals(model.name()))
                .toList();
        if (found.isEmpty() && !name.equals(JobForm.EVERY_MODEL)) {
            throw Errors.of(
                    ErrorCode.UNKNOWN_NAME,
                    "There is no model " + name + ".",
                    Nearest.remedy(name, models.names()),
                    Map.of("model", name));
        }
        return found;
    }

    private boolean awaitSuccess(List<String> ids) throws InterruptedException {
        boolean succeeded = true;
        for (String id : ids) {
            Job job = jobs.find(id).orElseThrow();
            while (!job.state().ended()) {
                Thread.sleep(LOOK_MILLIS);
                job = jobs.find(id).orElseThrow();
            }
            LOG.info("job {} ended: {} {}", id, job.state(), job.error().orElse(""));
            succeeded &= job.state() == Job.State.SUCCEEDED;
        }
        return succeeded;
    }

    static Map<String, String> fields(List<String> assignments) {
        Map<String, String> fields = new TreeMap<>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw Errors.of(
                        ErrorCode.BAD_REQUEST, assignment + " is no field of a job.", "Write it as name=value.");
            }
            fields.put(assignment.substring(0, equals), assignment.substring(equals + 1));
        }
        return fields;
    }
}
