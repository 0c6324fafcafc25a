package io.bifocal.core.cut;

import io.bifocal.core.view.ViewStore;
import io.bifocal.core.view.ViewStore.PartDay;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Deletes the rows that nobody can ask for any more (rule 12), and nothing else. Kept is every part that the manifest names,
 * every part that it named within the grace, and every day that the index of one of those still finds under an earlier part.
 * Of what is left, only parts born before {@link Manifest#condemnedBefore} go: the manifest refuses to name those ever after,
 * so what was seen unnamed after condemning stays unnamed. That bound is raised to a version that this object itself saw in
 * force a grace ago, so that whoever makes a part has at least that long to get it named. Not thread-safe.
 */
public final class GarbageCollector {
    private final ManifestEditor editor;
    private final ViewStore views;
    private final Clock clock;
    private final Duration grace;
    private final Map<String, Deque<Sighting>> sightings = new HashMap<>();

    /**
     * Collects for any model.
     *
     * @param grace longer than the deadline of any query, and than a fold takes; pins protect whatever takes longer
     */
    public GarbageCollector(ManifestEditor editor, ViewStore views, Clock clock, Duration grace) {
        this.editor = editor;
        this.views = views;
        this.clock = clock;
        this.grace = grace;
    }

    private record Sighting(long version, Instant at) {}

    private record ViewDay(String view, int day) {}

    /** How much was deleted: whole parts, and days of parts of which others live on. */
    public record Collected(int parts, int days) {}

    /** Deletes what can be deleted now. Interrupted anywhere, the next call finishes it. */
    public Collected collect(String model) {
        Instant now = clock.instant();
        List<String> registered = views.parts(model);
        Manifest manifest = condemn(editor.read(model), registered, now);
        Set<String> kept = manifest.namedWithin(grace, now);
        Map<String, Set<ViewDay>> carried = carriedOver(model, kept);
        int parts = 0;
        int days = 0;
        for (String part : registered) {
            if (kept.contains(part) || PartId.birth(part) >= manifest.condemnedBefore()) {
                continue;
            }
            if (carried.containsKey(part)) {
                days += dropDays(model, part, carried.get(part));
            } else {
                views.drop(model, part);
                parts++;
            }
        }
        forget(manifest, kept);
        return new Collected(parts, days);
    }

    /** Parts born before a version that are still stored, though no manifest names them and no index needs their days. */
    public List<String> unneeded(String model, long version) {
        Set<String> named = editor.read(model).names();
        Set<String> carried = carriedOver(model, named).keySet();
        return views.parts(model).stream()
                .filter(part -> PartId.birth(part) < version)
                .filter(part -> !named.contains(part) && !carried.contains(part))
                .toList();
    }

    /** Raises the bound if that frees anything: a model at rest gets no new versions. */
    private Manifest condemn(Manifest manifest, List<String> registered, Instant now) {
        long before = versionOfAGraceAgo(manifest, now);
        Set<String> free = new HashSet<>(registered);
        manifest.retired().forEach(retired -> free.add(retired.part()));
        free.removeAll(manifest.namedWithin(grace, now));
        boolean frees = free.stream()
                .mapToLong(PartId::birth)
                .anyMatch(birth -> birth >= manifest.condemnedBefore() && birth < before);
        return frees ? editor.apply(manifest.model(), (current, at) -> current.condemn(before, at)) : manifest;
    }

    /** The latest version that was seen a grace ago or earlier; 0 as long as this object is younger than that. */
    private long versionOfAGraceAgo(Manifest manifest, Instant now) {
        Deque<Sighting> seen = sightings.computeIfAbsent(manifest.model(), model -> new ArrayDeque<>());
        seen.addLast(new Sighting(manifest.version(), now));
        Sighting latest = new Sighting(0, Instant.MIN);
        while (!seen.isEmpty() && !seen.peekFirst().at().isAfter(now.minus(grace))) {
            latest = seen.removeFirst();
        }
        if (latest.version() > 0) {
            seen.addFirst(latest);
        }
        return latest.version();
    }

    /** Days of other parts that kept ones name, by the part under which they are stored. */
    private Map<String, Set<ViewDay>> carriedOver(String model, Set<String> kept) {
        Map<String, Set<ViewDay>> carried = new HashMap<>();
        for (String part : kept) {
            for (PartDay day : views.index(model, part).toCompletableFuture().join()) {
                carried.computeIfAbsent(day.source(), source -> new HashSet<>())
                        .add(new ViewDay(day.view(), day.day()));
            }
        }
        return carried;
    }

    private int dropDays(String model, String part, Set<ViewDay> carried) {
        List<PartDay> gone = views.index(model, part).toCompletableFuture().join().stream()
                .filter(day -> day.source().equals(part))
                .filter(day -> !carried.contains(new ViewDay(day.view(), day.day())))
                .toList();
        if (!gone.isEmpty()) {
            views.dropDays(model, part, gone);
        }
        return gone.size();
    }

    /** What was retired longer than the grace ago and could be condemned is gone by now, but for days that live on. */
    private void forget(Manifest manifest, Set<String> kept) {
        Set<String> gone = new HashSet<>();
        for (Manifest.Retired retired : manifest.retired()) {
            if (!kept.contains(retired.part()) && PartId.birth(retired.part()) < manifest.condemnedBefore()) {
                gone.add(retired.part());
            }
        }
        if (!gone.isEmpty()) {
            editor.apply(manifest.model(), (current, at) -> current.collected(gone, at));
        }
    }
}
