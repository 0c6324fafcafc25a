package io.bifocal.speed;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.ledger.ArchiveProgress;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.oracle.StoredAnswer;
import io.bifocal.core.query.Definitions;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewStore;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** One model's catalog, stores and loops, as the speed job puts them together. */
final class Platform implements AutoCloseable {
    private static final Map<String, ViewStore> STORES = new ConcurrentHashMap<>();

    private final Definition definition;
    private final ViewStore views;
    private final ViewStoreSource source;
    private final ManifestEditor editor;
    private final Progress progress = new Progress(Clock.systemUTC());
    private final Map<String, ArchiveProgress> archive = new ConcurrentHashMap<>();
    private final SpeedRun.Settings settings;
    private ModelLoop loop;

    Platform(Definition definition, ViewStore views, ManifestStore manifests, int batchesPerPart) {
        this.definition = definition;
        this.views = views;
        this.source = new Named(UUID.randomUUID().toString());
        STORES.put(((Named) source).name(), views);
        this.editor = new ManifestEditor(manifests, Clock.systemUTC());
        this.settings = TestSpark.settings(batchesPerPart);
    }

    /** Finds this JVM's store by name, as a task that was serialized must. */
    private record Named(String name) implements ViewStoreSource {
        @Override
        public ViewStore store() {
            return STORES.get(name);
        }
    }

    ManifestEditor editor() {
        return editor;
    }

    ViewStore views() {
        return views;
    }

    ViewStoreSource source() {
        return source;
    }

    Progress progress() {
        return progress;
    }

    String model() {
        return definition.model().name();
    }

    void archived(ArchiveProgress reached) {
        archive.put(model(), reached);
    }

    LostRecords lostRecords() {
        return new LostRecords(editor, model -> Optional.ofNullable(archive.get(model)));
    }

    SpeedRun newRun() {
        return new SpeedRun(TestSpark.session(), settings);
    }

    void start() {
        loop = new ModelLoop(
                new ModelLoop.Chain(model(), DefinitionJson.hash(definition)),
                Definitions.only(definition),
                editor,
                source,
                lostRecords(),
                this::newRun,
                progress,
                new NoRivals());
        Thread thread = new Thread(loop, "loop of " + model());
        thread.setDaemon(true);
        thread.start();
    }

    Manifest manifest() {
        return editor.readOrCreate(model(), DefinitionJson.hash(definition));
    }

    /** How many records the chain covers, by offsets. */
    long covered() {
        return manifest().end().minus(Positions.NONE);
    }

    /** Count, units and revenue over everything that the manifest names. */
    List<Object> totals() {
        View view = View.of(definition).get(0);
        long sales = 0;
        long units = 0;
        BigDecimal revenue = BigDecimal.ZERO;
        for (List<StoredAnswer.Value> values :
                StoredAnswer.of(views, manifest(), view).values()) {
            sales += (Long) values.get(0).result();
            units += (Long) values.get(1).result();
            revenue = revenue.add((BigDecimal) values.get(2).result());
        }
        return List.of(sales, units, revenue.stripTrailingZeros());
    }

    /** What the totals of so many events of {@link TestShop#events} are. */
    static List<Object> totalsOf(long events) {
        return List.of(
                events,
                events,
                new BigDecimal("1.25").multiply(BigDecimal.valueOf(events)).stripTrailingZeros());
    }

    /** Records by whether they were quarantined, as the ledger's view counts them. */
    long ledger(boolean quarantined) {
        List<View> all = View.of(definition);
        return StoredAnswer.of(views, manifest(), all.get(all.size() - 1)).entrySet().stream()
                .filter(entry -> entry.getKey().key().get(2).equals(quarantined))
                .mapToLong(entry -> (Long) entry.getValue().get(0).result())
                .sum();
    }

    @Override
    public void close() {
        if (loop != null) {
            loop.close();
        }
    }

    private static final class NoRivals implements Heartbeats {
        @Override
        public void beat(String model, Map<String, Object> status) {}

        @Override
        public boolean anotherProcessRuns(String model) {
            return false;
        }
    }
}
