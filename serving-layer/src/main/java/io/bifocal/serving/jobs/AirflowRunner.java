package io.bifocal.serving.jobs;

import io.bifocal.core.config.Config;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.job.Job;
import io.bifocal.serving.jobs.AirflowApi.Dag;
import io.bifocal.serving.jobs.AirflowApi.ImportError;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Runs jobs in Airflow 3: each is a run of the DAG {@value #DAG} (in {@code infra/airflow/dags}), whose one task is the job's
 * process. The run's id follows from the job, its owner and the attempt, so that asking twice starts one run.
 */
@Singleton
class AirflowRunner implements JobRunner {
    static final String DAG = "bifocal_job";
    private static final String TASK = "run";
    private static final Logger LOG = Logger.getLogger(AirflowRunner.class);
    private static final String QUEUED = "queued";
    private static final Set<String> UNDER_WAY = Set.of(QUEUED, "running");
    private static final int LOG_LINES = 40;

    /** A run may wait in Airflow's queue for longer; then another server may take the job over. */
    private static final Duration LEASE = Duration.ofMinutes(10);

    private final Config config;
    private Optional<AirflowClient> client = Optional.empty();

    AirflowRunner(Config config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "airflow";
    }

    /**
     * Whether it is configured; who chose it without that is told at the start.
     *
     * @throws BifocalException BAD_CONFIG where it is not
     */
    @Override
    public boolean available() {
        if (!config.has(Config.Key.AIRFLOW_URL)) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "executor is airflow, and airflow.url is not set.",
                    "Set airflow.url, airflow.username and airflow.password; docs/AIRFLOW.md shows how.");
        }
        return true;
    }

    @Override
    public Duration lease() {
        return LEASE;
    }

    @Override
    public void requireReady() {
        Dag dag = airflow().dag().filter(found -> !found.stale()).orElseThrow(this::missing);
        if (dag.importErrors()) {
            throw missing();
        }
        if (dag.paused()) {
            throw Errors.of(
                    ErrorCode.UNAVAILABLE,
                    "Airflow's DAG " + DAG + " is paused, so no job is started.",
                    "Unpause it in Airflow (airflow dags unpause " + DAG + ").");
        }
    }

    private BifocalException missing() {
        Optional<ImportError> error = airflow().importErrors().stream()
                .filter(each -> each.filename() != null && each.filename().endsWith(DAG + ".py"))
                .findFirst();
        return Errors.of(
                ErrorCode.UNAVAILABLE,
                error.map(found -> "Airflow cannot import " + found.filename() + ": " + lastLine(found.stackTrace()))
                        .orElse("Airflow has no DAG " + DAG + "."),
                "Put what is in infra/airflow/dags of this version into its DAG folder.");
    }

    private static String lastLine(String text) {
        return text.strip().lines().reduce("", (before, line) -> line);
    }

    @Override
    public Run start(Job job, String owner, int attempt) {
        String id = job.id() + "." + owner + "." + attempt;
        DagRun run = new DagRun(airflow(), id, Map.of("job", job.id(), "owner", owner));
        run.trigger();
        return run;
    }

    private synchronized AirflowClient airflow() {
        if (client.isEmpty()) {
            client = Optional.of(new AirflowClient(config, DAG));
        }
        return client.get();
    }

    /**
     * A run of the DAG. While Airflow does not answer, it counts as running, and if it may not have been triggered it is again,
     * under the same id.
     */
    private static final class DagRun implements Run {
        private final AirflowClient airflow;
        private final String id;
        private final Map<String, String> conf;
        private boolean triggered;
        private String state = QUEUED;
        private Optional<String> trouble = Optional.empty();

        DagRun(AirflowClient airflow, String id, Map<String, String> conf) {
            this.airflow = airflow;
            this.id = id;
            this.conf = conf;
        }

        /** An answer that does not come leaves it open whether there is a run. */
        void trigger() {
            try {
                airflow.trigger(id, conf);
                triggered = true;
            } catch (BifocalException fault) {
                if (fault.code() != ErrorCode.UNAVAILABLE) {
                    throw fault;
                }
                tell(fault);
            }
        }

        @Override
        public boolean running() {
            if (!UNDER_WAY.contains(state)) {
                return false;
            }
            try {
                if (!triggered) {
                    trigger();
                }
                if (triggered) {
                    state = airflow.state(id).orElse("deleted");
                    trouble = Optional.empty();
                }
            } catch (BifocalException fault) {
                tell(fault);
                state = triggered ? state : "refused";
            }
            return UNDER_WAY.contains(state);
        }

        @Override
        public String end() {
            String end = "Its run " + id + " in Airflow ended as " + state + " before the job had.";
            try {
                List<String> lines = airflow.log(id, TASK);
                List<String> tail = lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
                return end + " The end of its log:\n" + String.join("\n", tail);
            } catch (BifocalException fault) {
                return end + " Its log cannot be read: " + fault.getMessage();
            }
        }

        @Override
        public void stop() {
            try {
                airflow.fail(id);
                state = "failed";
            } catch (BifocalException fault) {
                tell(fault);
            }
        }

        /** It goes on without this server: its process holds the job. */
        @Override
        public void leave() {
            LOG.info("Run " + id + " goes on in Airflow");
        }

        private void tell(BifocalException fault) {
            Optional<String> now = Optional.of(fault.getMessage());
            if (!trouble.equals(now)) {
                LOG.warn("Run " + id + " counts as running: " + fault.getMessage());
            }
            trouble = now;
        }
    }
}
