package io.bifocal.speed;

import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Folder;
import io.bifocal.core.cut.GarbageCollector;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Definitions;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folds chains so that they stay short, and collects what nobody names any more. Exact whoever else does it too. */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final long FOLD_MILLIS = 1000;
    private static final long COLLECT_MILLIS = 30_000;

    private final Definitions definitions;
    private final ManifestEditor editor;
    private final Folder folder;
    private final GarbageCollector collector;
    private final CountDownLatch closed = new CountDownLatch(1);

    private Upkeep(Definitions definitions, ManifestEditor editor, Folder folder, GarbageCollector collector) {
        this.definitions = definitions;
        this.editor = editor;
        this.folder = folder;
        this.collector = collector;
    }

    static Upkeep start(Config config, Definitions definitions, ManifestEditor editor, ViewStore views, Clock clock) {
        Duration grace = Duration.ofSeconds(config.number(Config.Key.COLLECT_GRACE_SECONDS));
        Upkeep upkeep = new Upkeep(
                definitions,
                editor,
                new Folder(editor, views, clock, config.number(Config.Key.FOLD_FANOUT)),
                new GarbageCollector(editor, views, clock, grace));
        upkeep.repeat("fold", FOLD_MILLIS, upkeep::fold);
        upkeep.repeat("collect", COLLECT_MILLIS, upkeep::collect);
        return upkeep;
    }

    private void repeat(String what, long everyMillis, Consumer<String> work) {
        Thread thread = new Thread(
                () -> {
                    while (!closedWithin(everyMillis)) {
                        forEachModel(what, work);
                    }
                },
                what);
        thread.setDaemon(true);
        thread.start();
    }

    private boolean closedWithin(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void forEachModel(String what, Consumer<String> work) {
        try {
            for (String model : definitions.models()) {
                attempt(what, model, work);
            }
        } catch (RuntimeException unreachable) {
            LOG.warn("cannot read the catalog: {}", unreachable.toString());
        }
    }

    private static void attempt(String what, String model, Consumer<String> work) {
        try {
            work.accept(model);
        } catch (BifocalException fault) {
            if (fault.code() != ErrorCode.NOT_FOUND) { // a model without a manifest has nothing to keep
                LOG.warn("cannot {}: model={}", what, model, fault);
            }
        } catch (RuntimeException failure) {
            LOG.warn("cannot {}: model={}", what, model, failure);
        }
    }

    private void fold(String model) {
        for (String hash : editor.read(model).definitions()) {
            Optional<Definition> definition = definitions.byHash(model, hash);
            while (definition.isPresent()
                    && folder.foldOnce(model, hash, View.of(definition.get())).isPresent()) {
                LOG.debug("folded: model={}", model);
            }
        }
    }

    private void collect(String model) {
        GarbageCollector.Collected collected = collector.collect(model);
        if (collected.parts() + collected.days() > 0) {
            LOG.info("collected: model={} parts={} days={}", model, collected.parts(), collected.days());
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
