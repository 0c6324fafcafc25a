package io.bifocal.speed;

import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Definitions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one chain of a model running: run after run, with a wait between them that grows while they fail. What fails here is this
 * model's alone. After its run was fenced by another process's, it stands by for as long as that one lives: two jobs that
 * took turns would be exact, and slow.
 */
final class ModelLoop implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLoop.class);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Chain chain;
    private final Definitions definitions;
    private final ManifestEditor editor;
    private final ViewStoreSource views;
    private final LostRecords lostRecords;
    private final Supplier<SpeedRun> runs;
    private final Progress progress;
    private final Heartbeats heartbeats;
    private final Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
    private final CountDownLatch closed = new CountDownLatch(1);
    private SpeedRun running;
    private boolean fenced;

    /**
     * A chain of a model's manifest: the one in force, or the candidate's, which may come to be in force while it runs.
     *
     * @param definition its hash
     */
    record Chain(String model, String definition) {}

    ModelLoop(
            Chain chain,
            Definitions definitions,
            ManifestEditor editor,
            ViewStoreSource views,
            LostRecords lostRecords,
            Supplier<SpeedRun> runs,
            Progress progress,
            Heartbeats heartbeats) {
        this.chain = chain;
        this.definitions = definitions;
        this.editor = editor;
        this.views = views;
        this.lostRecords = lostRecords;
        this.runs = runs;
        this.progress = progress;
        this.heartbeats = heartbeats;
    }

    @Override
    public void run() {
        while (!isClosed()) {
            try {
                runOnce();
            } catch (RuntimeException failure) {
                report(failure);
            }
            pause();
        }
    }

    private void runOnce() {
        if (fenced && heartbeats.anotherProcessRuns(chain.model())) {
            progress.standsBy();
            backoff.reset();
            return;
        }
        fenced = false;
        Optional<Definition> definition = definitions.byHash(chain.model(), chain.definition());
        if (definition.isEmpty()) {
            progress.stopped("the definition " + chain.definition() + " is not in the catalog");
            return;
        }
        try (SpeedRun run = runs.get()) {
            if (!begin(run)) {
                return;
            }
            progress.started(run.id());
            run.run(definition.get(), editor, views, lostRecords, this::committed);
        } finally {
            end();
        }
    }

    private void committed(Positions to, long records, long quarantined) {
        backoff.reset();
        progress.committed(to, records, quarantined);
    }

    private void report(RuntimeException failure) {
        if (isClosed()) {
            return;
        }
        if (failure instanceof Refused refused) {
            fenced = refused.reason() == Refused.Reason.FENCED;
            LOG.warn("run ended: model={} reason={} {}", chain.model(), refused.reason(), refused.getMessage());
        } else {
            LOG.error("run failed: model={}", chain.model(), failure);
        }
        progress.stopped(failure.getMessage());
    }

    private synchronized boolean begin(SpeedRun run) {
        if (isClosed()) {
            return false;
        }
        running = run;
        return true;
    }

    private synchronized void end() {
        running = null;
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void pause() {
        try {
            if (!closed.await(backoff.afterFailure().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("next run: model={}", chain.model());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    /** Ends the run and starts no other. */
    @Override
    public void close() {
        closed.countDown();
        SpeedRun last;
        synchronized (this) {
            last = running;
        }
        if (last != null) {
            last.close();
        }
    }
}
