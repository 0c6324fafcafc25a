package io.bifocal.speed;

import io.bifocal.core.query.Definitions;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one {@link ModelLoop} running for each model of the catalog, and says how they are. */
final class ModelLoops implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLoops.class);

    private final Definitions definitions;
    private final BiFunction<String, Progress, ModelLoop> loops;
    private final Heartbeats heartbeats;
    private final Clock clock;
    private final Map<String, Running> running = new TreeMap<>();
    private boolean closed;

    private record Running(ModelLoop loop, Progress progress) {}

    ModelLoops(
            Definitions definitions,
            BiFunction<String, Progress, ModelLoop> loops,
            Heartbeats heartbeats,
            Clock clock) {
        this.definitions = definitions;
        this.loops = loops;
        this.heartbeats = heartbeats;
        this.clock = clock;
    }

    /** Starts and ends loops as the catalog says; a catalog that cannot be read changes nothing. */
    synchronized void poll() {
        if (closed) {
            return;
        }
        try {
            follow(new HashSet<>(definitions.models()));
            running.forEach((model, each) -> {
                if (each.progress().state() != Progress.State.STANDBY) {
                    heartbeats.beat(model, each.progress().status());
                }
            });
        } catch (RuntimeException unreachable) {
            LOG.warn("cannot read the catalog or say that the job lives: {}", unreachable.toString());
        }
    }

    private void follow(Set<String> models) {
        for (String model : models) {
            running.computeIfAbsent(model, this::start);
        }
        Set<String> gone = new HashSet<>(running.keySet());
        gone.removeAll(models);
        gone.forEach(model -> running.remove(model).loop().close());
    }

    private Running start(String model) {
        Progress progress = new Progress(clock);
        ModelLoop loop = loops.apply(model, progress);
        Thread thread = new Thread(loop, "speed-" + model);
        thread.setDaemon(true);
        thread.start();
        return new Running(loop, progress);
    }

    @Override
    public synchronized void close() {
        closed = true;
        running.values().forEach(each -> each.loop().close());
    }
}
