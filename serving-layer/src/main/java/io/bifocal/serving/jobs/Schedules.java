package io.bifocal.serving.jobs;

import io.bifocal.cassandra.ScheduleStore;
import io.bifocal.cassandra.ScheduleStore.Stored;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import io.bifocal.core.job.Cron;
import io.bifocal.core.job.Job;
import io.bifocal.core.job.JobForm;
import io.bifocal.core.job.Schedule;
import io.bifocal.core.model.Definition;
import io.bifocal.serving.catalog.Models;
import io.bifocal.serving.kafka.Topics;
import io.bifocal.serving.process.Repeating;
import io.bifocal.serving.storage.Storage;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Asks for jobs when schedules say so. Every server asks; the idempotency key makes it one job. Runs that were missed because
 * no server ran are caught up by one.
 */
@Singleton
@Startup
public class Schedules {
    /** The schedules that the platform begins with, as long as nobody has deleted them; the second one is off. */
    static final String NIGHTLY = "nightly";

    static final String HOURLY = "hourly";

    private static final Logger LOG = Logger.getLogger(Schedules.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Config config;
    private final Storage storage;
    private final Models models;
    private final Topics topics;
    private final JobRequests requests;
    private final Clock clock;
    private boolean seeded;
    private Optional<Repeating> looking = Optional.empty();

    Schedules(Config config, Storage storage, Models models, Topics topics, JobRequests requests, Clock clock) {
        this.config = config;
        this.storage = storage;
        this.models = models;
        this.topics = topics;
        this.requests = requests;
        this.clock = clock;
    }

    /** With another executor schedules live there, and none is kept twice. */
    @PostConstruct
    void start() {
        if (kept()) {
            looking = Optional.of(Repeating.start("schedules", PAUSE, this::look));
        }
    }

    private boolean kept() {
        return config.text(Config.Key.EXECUTOR).equals(JobProcesses.NAME);
    }

    List<Schedule> all() {
        return store().all().stream().map(Stored::schedule).toList();
    }

    /** @throws BifocalException NOT_FOUND, with the near names */
    Schedule find(String name) {
        return store().find(name).map(Stored::schedule).orElseThrow(() -> {
            List<String> names = all().stream().map(Schedule::name).toList();
            return Errors.of(
                    ErrorCode.NOT_FOUND,
                    "There is no schedule " + name + ".",
                    Nearest.remedy(name, names),
                    Map.of("schedule", name, "near", Nearest.of(name, names)));
        });
    }

    /**
     * Stores a schedule, whose first run is the next one from now on.
     *
     * @throws BifocalException where its job, cron or zone is not understood, or schedules are the executor's
     */
    Schedule put(Schedule schedule) {
        if (!kept()) {
            throw Errors.of(
                    ErrorCode.REFUSED,
                    "Schedules are kept in " + config.text(Config.Key.EXECUTOR) + ", which runs the jobs.",
                    "Change its DAGs; docs/AIRFLOW.md names them.");
        }
        requireUnderstood(schedule);
        store().put(new Stored(schedule, clock.instant()));
        return schedule;
    }

    void delete(String name) {
        store().delete(find(name).name());
    }

    /** The next runs, the first of them first; none where it is disabled, or schedules are the executor's. */
    List<Instant> next(Schedule schedule, int runs) {
        List<Instant> next = new ArrayList<>();
        Optional<Instant> at = Optional.of(clock.instant());
        while (kept() && schedule.enabled() && next.size() < runs && at.isPresent()) {
            at = after(schedule, at.get());
            at.ifPresent(next::add);
        }
        return next;
    }

    private void requireUnderstood(Schedule schedule) {
        try {
            Cron.parse(schedule.cron());
        } catch (BifocalException fault) {
            throw Errors.of(ErrorCode.BAD_QUERY, fault.getMessage(), fault.remedy(), Map.of("field", "cron"));
        }
        try {
            ZoneId.of(schedule.zone());
        } catch (DateTimeException unknown) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    "There is no zone " + schedule.zone() + ".",
                    "Write one such as UTC or Europe/London.",
                    Map.of("field", "zone"));
        }
        if (after(schedule, clock.instant()).isEmpty()) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    "\"" + schedule.cron() + "\" never comes.",
                    "Name a day that there is.",
                    Map.of("field", "cron"));
        }
        if (Job.Type.ERASE.name().equalsIgnoreCase(String.valueOf(schedule.job().get("type")))) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    "An erasure is not scheduled: its value would stay in the schedule.",
                    "Ask for it with POST /jobs.",
                    Map.of("field", "job"));
        }
        if (JobForm.EVERY_MODEL.equals(schedule.job().get("model"))) {
            JobForm.of(schedule.job());
        } else {
            requests.check(schedule.job());
        }
    }

    /** What fails is tried again with the next look. */
    private void look() {
        if (!storage.connected()) {
            return;
        }
        seed();
        Instant now = clock.instant();
        for (Stored stored : store().all()) {
            Optional<Instant> due = lastDue(stored, now);
            if (due.isPresent()) {
                ask(stored.schedule(), due.get());
                store().advance(stored, due.get());
            }
        }
    }

    private void seed() {
        if (!seeded && config.has(Config.Key.NIGHTLY_CRON)) {
            Map<String, Object> night = Map.of("type", "recompute", "model", JobForm.EVERY_MODEL, "promote", false);
            String cron = Cron.parse(config.text(Config.Key.NIGHTLY_CRON)).toString();
            seed(new Schedule(NIGHTLY, night, cron, "UTC", true));
            Map<String, Object> hour = Map.of("type", "reconcile", "model", JobForm.EVERY_MODEL);
            seed(new Schedule(HOURLY, hour, "30 * * * *", "UTC", false));
        }
        seeded = true;
    }

    private void seed(Schedule schedule) {
        store().putFirst(new Stored(schedule, clock.instant()));
    }

    /** The latest run that is due: one stands for all that were missed. */
    private static Optional<Instant> lastDue(Stored stored, Instant now) {
        Optional<Instant> due = Optional.empty();
        Optional<Instant> next =
                stored.schedule().enabled() ? after(stored.schedule(), stored.since()) : Optional.empty();
        while (next.isPresent() && !next.get().isAfter(now)) {
            due = next;
            next = after(stored.schedule(), next.get());
        }
        return due;
    }

    private static Optional<Instant> after(Schedule schedule, Instant time) {
        return Cron.parse(schedule.cron())
                .next(time.atZone(ZoneId.of(schedule.zone())))
                .map(ZonedDateTime::toInstant);
    }

    private void ask(Schedule schedule, Instant due) {
        if (!JobForm.EVERY_MODEL.equals(schedule.job().get("model"))) {
            ask(schedule, schedule.job(), due);
            return;
        }
        for (Definition definition : List.copyOf(models.all())) {
            if (!topics.end(definition.model().source().topic()).equals(Positions.NONE)) {
                Map<String, Object> job = new TreeMap<>(schedule.job());
                job.put("model", definition.model().name());
                ask(schedule, job, due);
            }
        }
    }

    /** A job that is refused, as when its model is gone, must not keep the others of the schedule from being asked for. */
    private void ask(Schedule schedule, Map<String, Object> job, Instant due) {
        try {
            requests.create(job, Optional.of("schedule-" + schedule.name() + "-" + job.get("model") + "-" + due));
        } catch (BifocalException fault) {
            if (fault.code() == ErrorCode.UNAVAILABLE) {
                throw fault;
            }
            LOG.error("Schedule " + schedule.name() + " asks for what is refused: " + fault.getMessage());
        }
    }

    private ScheduleStore store() {
        return storage.schedules();
    }

    @PreDestroy
    void stop() {
        looking.ifPresent(Repeating::close);
    }
}
