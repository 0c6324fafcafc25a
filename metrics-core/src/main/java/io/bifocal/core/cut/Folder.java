package io.bifocal.core.cut;

import io.bifocal.core.view.PartialsMerger;
import io.bifocal.core.view.View;
import io.bifocal.core.view.ViewRow;
import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Keeps chains short (rule 11): merges consecutive sealed parts of one level into a part of the next, as log-structured trees
 * do, so that n micro-batches are read as about {@code fanout} parts for each power of it, and each row is rewritten once a
 * level.
 */
public final class Folder {
    private final ManifestEditor editor;
    private final ViewStore views;
    private final Clock clock;
    private final int fanout;

    /**
     * Folds for any model.
     *
     * @param fanout how many parts become one, 2 at least
     */
    public Folder(ManifestEditor editor, ViewStore views, Clock clock, int fanout) {
        if (fanout < 2) {
            throw new IllegalArgumentException("a fanout of " + fanout + " folds nothing");
        }
        this.editor = editor;
        this.views = views;
        this.clock = clock;
        this.fanout = fanout;
    }

    /**
     * Folds once, if there is anything to fold. Call again until it is empty: a fold may make room for the next level's.
     *
     * @param definition hash of the definition that {@code modelViews} belong to, whose chain is folded: the one in force, or
     *     the candidate's; where no chain has it, nothing is
     * @param modelViews all views of the model, the ledger's too
     * @return the part that now stands in the chain; empty also where somebody changed the chain meanwhile
     */
    public Optional<Part> foldOnce(String model, String definition, List<View> modelViews) {
        Manifest manifest = editor.read(model);
        Optional<Choice> choice = manifest.as(definition).flatMap(mine -> choose(mine, fanout, clock.instant()));
        return choice.flatMap(chosen -> fold(manifest, definition, chosen, modelViews));
    }

    /** Parts to fold, and the level of what they become. */
    record Choice(List<Part> parts, int level) {}

    /**
     * The first {@code fanout} consecutive parts of the lowest level that has so many. A part before larger ones, left behind
     * by a pin, counts as large as they are: it would never find equals.
     */
    static Optional<Choice> choose(Manifest manifest, int fanout, Instant now) {
        Choice best = null;
        for (List<Part> segment : segments(manifest, now)) {
            int[] levels = new int[segment.size()];
            int highest = 0;
            for (int i = levels.length - 1; i >= 0; i--) {
                highest = Math.max(highest, segment.get(i).level());
                levels[i] = highest;
            }
            for (int i = 0; i + fanout <= levels.length; i++) {
                if (levels[i] == levels[i + fanout - 1] && (best == null || levels[i] + 1 < best.level)) {
                    best = new Choice(List.copyOf(segment.subList(i, i + fanout)), levels[i] + 1);
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** The chain, divided where it must stay divided: at pins, at holes, and before the part that still grows. */
    private static List<List<Part>> segments(Manifest manifest, Instant now) {
        List<Positions> pinned = manifest.pins().stream()
                .filter(pin -> pin.until().isAfter(now))
                .map(Manifest.Pin::boundary)
                .toList();
        List<List<Part>> segments = new ArrayList<>();
        List<Part> segment = new ArrayList<>();
        List<Part> chain = manifest.chain();
        for (int i = 0; i < chain.size(); i++) {
            Part part = chain.get(i);
            boolean grows = i == chain.size() - 1 && !part.sealed();
            boolean foldable = !grows && !part.empty() && part.kind() != Part.Kind.HOLE;
            if (foldable) {
                segment.add(part);
            }
            if (!foldable || pinned.contains(part.to())) {
                segments.add(segment);
                segment = new ArrayList<>();
            }
        }
        segments.add(segment);
        return segments;
    }

    private Optional<Part> fold(Manifest manifest, String definition, Choice choice, List<View> modelViews) {
        String model = manifest.model();
        Part folded = Part.fold(editor.newPart("fold", manifest), choice.parts(), choice.level());
        views.register(model, folded.id());
        write(model, folded.id(), choice.parts(), modelViews);
        List<String> replaced = choice.parts().stream().map(Part::id).toList();
        try {
            editor.apply(
                    manifest, (current, now) -> current.under(definition, mine -> mine.fold(replaced, folded, now)));
            return Optional.of(folded);
        } catch (Refused chainHasChanged) {
            views.drop(model, folded.id());
            return Optional.empty();
        }
    }

    private void write(String model, String folded, List<Part> parts, List<View> modelViews) {
        List<Source> sources = new ArrayList<>();
        for (Part part : parts) {
            views.index(model, part.id())
                    .toCompletableFuture()
                    .join()
                    .forEach(day -> sources.add(new Source(part, day)));
        }
        List<PartDay> index = new ArrayList<>();
        for (View view : modelViews) {
            Map<Integer, List<Source>> days = new LinkedHashMap<>();
            sources.stream()
                    .filter(source -> source.day().view().equals(view.name()))
                    .forEach(source -> days.computeIfAbsent(source.day().day(), day -> new ArrayList<>())
                            .add(source));
            days.forEach((day, from) -> index.add(writeDay(model, folded, view, day, from)));
        }
        views.writeIndex(model, folded, index);
    }

    /** A day of a view as one of the parts holds it. */
    private record Source(Part part, PartDay day) {}

    private PartDay writeDay(String model, String folded, View view, int day, List<Source> sources) {
        List<CompletionStage<List<ViewRow>>> reads = sources.stream()
                .map(source -> views.rows(model, source.day().source(), view, day, Long.MIN_VALUE, Long.MAX_VALUE))
                .toList();
        PartialsMerger merger = new PartialsMerger(view);
        for (int i = 0; i < sources.size(); i++) {
            Part part = sources.get(i).part();
            for (ViewRow row : reads.get(i).toCompletableFuture().join()) {
                if (part.committed(row.batch())) {
                    merger.add(row);
                }
            }
        }
        List<ViewRow> rows = merger.drainCompacted();
        views.write(model, folded, rows);
        return new PartDay(view.name(), day, folded, rows.size());
    }
}
