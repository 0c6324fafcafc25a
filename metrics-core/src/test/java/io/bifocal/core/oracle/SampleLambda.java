package io.bifocal.core.oracle;

import io.bifocal.core.cut.Folder;
import io.bifocal.core.cut.Generation;
import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.GenerationWriter.Task;
import io.bifocal.core.cut.GenerationWriter.ViewDay;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.model.Definition;
import io.bifocal.core.view.PartialsBuilder;
import io.bifocal.core.view.RetainedDays;
import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The platform without its engines: a log of events in a list, and the layers' protocols over any stores, one call at a time.
 * Tests drive it through whatever history they like, and compare what the manifest names with what the {@link Oracle} says of
 * the log.
 */
public final class SampleLambda {
    public static final String MODEL = "shop";
    public static final String DEFINITION = "d1";

    private static final int BATCHES_PER_PART = 3;
    private static final Duration LEASE = Duration.ofMinutes(30);
    private static final int KEEP = 1;

    private final Definition definition;
    private final List<View> modelViews;
    private final List<PlainEvent> log = new ArrayList<>();
    private final ManifestStore manifests;
    private final ManifestEditor editor;
    private final ViewStore views;
    private final Folder folder;
    private final GenerationWriter writer;
    private int runs;

    /** Of {@link SampleShop}'s events. */
    public SampleLambda(ManifestStore manifests, ViewStore views, Clock clock, int fanout) {
        this(manifests, views, clock, fanout, SampleShop.definition());
    }

    public SampleLambda(ManifestStore manifests, ViewStore views, Clock clock, int fanout, Definition definition) {
        this.definition = definition;
        this.modelViews = View.of(definition);
        this.manifests = manifests;
        this.editor = new ManifestEditor(manifests, clock);
        this.views = views;
        this.folder = new Folder(editor, views, clock, fanout);
        this.writer = new GenerationWriter(editor, views, "job", LEASE, KEEP, RetainedDays.ALL);
    }

    public ManifestEditor editor() {
        return editor;
    }

    public Manifest manifest() {
        return manifests.read(MODEL).orElseThrow();
    }

    public void produce(List<PlainEvent> events) {
        log.addAll(events);
    }

    public int produced() {
        return log.size();
    }

    /** Starts a run of the speed job; it fences those before it. */
    public LiveRun join() {
        return LiveRun.join(editor, views, MODEL, DEFINITION, "run" + runs++, BATCHES_PER_PART);
    }

    /** A micro-batch of up to so many records, as the speed job does it; whether there was one to do. */
    public boolean microBatch(LiveRun run, int records) {
        int from = offset(run.end());
        int to = Math.min(log.size(), from + records);
        if (to == from) {
            return false;
        }
        boolean committed = false;
        while (!committed) {
            LiveRun.Slot slot = run.next();
            List<ViewRow> rows = new ArrayList<>();
            int middle = (from + to) / 2;
            rows.addAll(partials(log.subList(from, middle), true, slot.batch(), 0));
            rows.addAll(partials(log.subList(middle, to), true, slot.batch(), 1));
            write(slot.part(), rows);
            committed = run.commit(positions(from), positions(to), to - from, Instant.EPOCH);
        }
        return true;
    }

    public Optional<Part> fold() {
        return folder.foldOnce(MODEL, DEFINITION, modelViews);
    }

    /** Begins a batch job over an archive that holds the log's first records. */
    public Optional<Task> begin(int archived) {
        return writer.begin(MODEL, Positions.NONE, positions(archived));
    }

    /** Recomputes the days that the task's new records touch, from the log alone, and publishes them. */
    public Generation publish(Task task) {
        writer.renew(task);
        int base = offset(task.base().cut());
        int cut = offset(task.cut());
        Set<ViewDay> touched = partials(log.subList(base, cut), false, 0, 0).stream()
                .map(row -> new ViewDay(row.view(), row.day()))
                .collect(Collectors.toSet());
        List<ViewRow> rows = partials(log.subList(0, cut), false, 0, 0).stream()
                .filter(row -> touched.contains(new ViewDay(row.view(), row.day())))
                .toList();
        views.write(MODEL, task.part(), rows);
        return writer.publish(task, touched, index(task.part(), rows), cut, cut, Instant.EPOCH);
    }

    public void abandon(Task task) {
        writer.abandon(task);
    }

    /** Puts a kept generation back in force, with one part from the log up to the chain's end. */
    public void rollback(Generation earlier) {
        Manifest manifest = editor.apply(MODEL, Manifest::seal);
        String part = PartId.next("batch", manifest.version());
        views.register(MODEL, part);
        int from = offset(earlier.cut());
        int to = offset(manifest.end());
        write(part, partials(log.subList(from, to), false, 0, 0));
        Part bridge =
                Part.archive(part, earlier.cut(), manifest.end(), manifest.version(), (long) to - from, Instant.EPOCH);
        editor.apply(
                MODEL,
                (current, now) ->
                        current.rollback(earlier.number(), manifest.generation().number(), bridge, "job", now));
    }

    /** How many of the log's records a manifest counts. */
    public int counted(Manifest manifest) {
        return offset(manifest.end());
    }

    /** The number of orders by group of a rollup, as the log says. */
    public Map<Oracle.Group, Object> expectedOrders(String rollup, int records) {
        View view = View.of(definition, rollup);
        Map<Oracle.Group, Object> orders = new HashMap<>();
        for (PlainEvent event : log.subList(0, records)) {
            List<Object> key = new ArrayList<>();
            view.dimensions().forEach(dimension -> key.add(event.dimensions().get(dimension)));
            long bucket = view.grid().floor(event.time().getEpochSecond());
            orders.merge(new Oracle.Group(bucket, key), 1L, (left, right) -> (Long) left + (Long) right);
        }
        return orders;
    }

    /** The same, as stored under what a manifest names. */
    public Map<Oracle.Group, Object> storedOrders(String rollup, Manifest manifest) {
        View view = View.of(definition, rollup);
        boolean[] first = new boolean[view.aggregates().size()];
        first[0] = true;
        Map<Oracle.Group, Object> orders = new HashMap<>();
        for (ViewRow row : StoredAnswer.rows(views, manifest, view)) {
            Object state = RowCodec.decodeStates(view.aggregates(), row.states(), first)[0];
            orders.merge(
                    new Oracle.Group(row.bucket(), Arrays.asList(RowCodec.decodeKey(view.dimensionTypes(), row.key()))),
                    RowCodec.at(view.aggregates(), 0).result(state),
                    (left, right) -> (Long) left + (Long) right);
        }
        return orders;
    }

    private void write(String part, List<ViewRow> rows) {
        views.write(MODEL, part, rows);
        views.writeIndex(MODEL, part, index(part, rows));
    }

    private List<ViewRow> partials(List<PlainEvent> events, boolean compact, int batch, int task) {
        PartialsBuilder builder = new PartialsBuilder(definition);
        SampleShop.addTo(definition, builder, events);
        return builder.drain(compact, batch, task);
    }

    private static List<PartDay> index(String part, List<ViewRow> rows) {
        return rows.stream()
                .collect(Collectors.groupingBy(row -> new ViewDay(row.view(), row.day()), Collectors.counting()))
                .entrySet()
                .stream()
                .map(day -> new PartDay(day.getKey().view(), day.getKey().day(), part, day.getValue()))
                .toList();
    }

    private static Positions positions(int offset) {
        return Positions.of(SampleShop.TOPIC, Map.of(0, (long) offset));
    }

    private static int offset(Positions positions) {
        return Math.toIntExact(positions.offset(SampleShop.TOPIC, 0));
    }
}
