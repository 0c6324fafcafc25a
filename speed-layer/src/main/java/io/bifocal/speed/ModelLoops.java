package io.bifocal.speed;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.query.Definitions;
import io.bifocal.speed.ModelLoop.Chain;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one {@link ModelLoop} running for each chain of each model of the catalog: the one in force, and a candidate's beside
 * it. When the candidate takes over, its loop goes on.
 */
final class ModelLoops implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLoops.class);

    private final Definitions definitions;
    private final ManifestEditor editor;
    private final BiFunction<Chain, Progress, ModelLoop> loops;
    private final Heartbeats heartbeats;
    private final Clock clock;
    private final Map<Chain, Running> running = new HashMap<>();
    private boolean closed;

    private record Running(ModelLoop loop, Progress progress) {}

    ModelLoops(
            Definitions definitions,
            ManifestEditor editor,
            BiFunction<Chain, Progress, ModelLoop> loops,
            Heartbeats heartbeats,
            Clock clock) {
        this.definitions = definitions;
        this.editor = editor;
        this.loops = loops;
        this.heartbeats = heartbeats;
        this.clock = clock;
    }

    /** Starts and ends loops as the catalog and the manifests say; what cannot be read changes nothing. */
    synchronized void poll() {
        if (closed) {
            return;
        }
        try {
            Set<Chain> wanted = new HashSet<>();
            for (String model : definitions.models()) {
                List<Chain> chains = chains(model);
                wanted.addAll(chains);
                follow(chains);
                beat(chains.get(0));
            }
            Set<Chain> gone = new HashSet<>(running.keySet());
            gone.removeAll(wanted);
            gone.forEach(chain -> running.remove(chain).loop().close());
        } catch (RuntimeException unreachable) {
            LOG.warn("cannot read the catalog or say that the job lives: {}", unreachable.toString());
        }
    }

    /** The chain in force, first, and the candidate's. A model of which nothing is counted takes any definition at once. */
    private List<Chain> chains(String model) {
        String hash = DefinitionJson.hash(definitions.current(model).orElseThrow());
        Manifest manifest = editor.readOrCreate(model, hash);
        if (!manifest.definition().equals(hash) && manifest.end().equals(Positions.NONE)) {
            manifest = editor.apply(manifest, (known, now) -> known.redefined(hash, now));
        }
        return manifest.definitions().stream()
                .map(definition -> new Chain(model, definition))
                .toList();
    }

    private void follow(List<Chain> chains) {
        chains.forEach(chain -> running.computeIfAbsent(chain, this::start));
    }

    private void beat(Chain inForce) {
        Progress progress = running.get(inForce).progress();
        if (progress.state() != Progress.State.STANDBY) {
            heartbeats.beat(inForce.model(), progress.status());
        }
    }

    private Running start(Chain chain) {
        Progress progress = new Progress(clock);
        ModelLoop loop = loops.apply(chain, progress);
        Thread thread = new Thread(loop, "speed-" + chain.model());
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
