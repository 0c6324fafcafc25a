package io.bifocal.core.view;

import io.bifocal.core.cut.FaultPolicy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * View rows in maps, with a test's faults around each effect. Unlike a real store it notices when somebody overwrites a row
 * with other content, which nobody may, unless records of the archive were erased meanwhile.
 */
public final class InMemoryViewStore implements ViewStore {
    private record PartName(String model, String part) {}

    private record RowName(String view, int day, long bucket, ByteBuffer key, int batch, int writer) {}

    private record DayName(String view, int day) {}

    private static final class Stored {
        private boolean registered;
        private final Map<RowName, ViewRow> rows = new LinkedHashMap<>();
        private final Map<DayName, PartDay> index = new LinkedHashMap<>();
    }

    private final Map<PartName, Stored> parts = new LinkedHashMap<>();
    private final FaultPolicy faults;
    private final Predicate<String> mayDiffer;

    public InMemoryViewStore() {
        this(FaultPolicy.NONE);
    }

    public InMemoryViewStore(FaultPolicy faults) {
        this(faults, part -> false);
    }

    /** @param mayDiffer whether rows of a part that are written again may be others */
    public InMemoryViewStore(FaultPolicy faults, Predicate<String> mayDiffer) {
        this.faults = faults;
        this.mayDiffer = mayDiffer;
    }

    @Override
    public synchronized void register(String model, String part) {
        faults.before("register");
        written(model, part).registered = true;
        faults.after("register");
    }

    @Override
    public synchronized List<String> parts(String model) {
        return parts(model, true);
    }

    /** Parts with rows that nobody registered: collection will never find them. */
    public synchronized List<String> lost(String model) {
        return parts(model, false);
    }

    private List<String> parts(String model, boolean registered) {
        return parts.entrySet().stream()
                .filter(part -> part.getKey().model().equals(model) && part.getValue().registered == registered)
                .map(part -> part.getKey().part())
                .toList();
    }

    @Override
    public synchronized void write(String model, String part, Collection<ViewRow> rows) {
        for (ViewRow row : rows) {
            faults.before("write");
            ViewRow earlier = written(model, part).rows.put(name(row), row);
            if (earlier != null && !Arrays.equals(earlier.states(), row.states()) && !mayDiffer.test(part)) {
                throw new IllegalStateException("a row of part " + part + " was overwritten: " + row);
            }
            faults.after("write");
        }
    }

    @Override
    public synchronized void writeIndex(String model, String part, Collection<PartDay> days) {
        for (PartDay day : days) {
            faults.before("writeIndex");
            written(model, part).index.put(new DayName(day.view(), day.day()), day);
            faults.after("writeIndex");
        }
    }

    @Override
    public synchronized CompletionStage<List<PartDay>> index(String model, String part) {
        return CompletableFuture.completedFuture(
                List.copyOf(stored(model, part).index.values()));
    }

    @Override
    public synchronized CompletionStage<List<ViewRow>> rows(
            String model, String source, View view, int day, long from, long to) {
        List<ViewRow> found = new ArrayList<>();
        for (ViewRow row : stored(model, source).rows.values()) {
            if (row.view().equals(view.name()) && row.day() == day && row.bucket() >= from && row.bucket() < to) {
                found.add(row);
            }
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public synchronized void drop(String model, String part) {
        faults.before("drop");
        parts.remove(new PartName(model, part));
        faults.after("drop");
    }

    @Override
    public synchronized void dropDays(String model, String part, Collection<PartDay> days) {
        for (PartDay day : days) {
            faults.before("dropDays");
            Stored stored = stored(model, part);
            stored.rows.keySet().removeIf(row -> row.view().equals(day.view()) && row.day() == day.day());
            stored.index.remove(new DayName(day.view(), day.day()));
            faults.after("dropDays");
        }
    }

    private Stored stored(String model, String part) {
        return parts.getOrDefault(new PartName(model, part), new Stored());
    }

    private Stored written(String model, String part) {
        return parts.computeIfAbsent(new PartName(model, part), name -> new Stored());
    }

    private static RowName name(ViewRow row) {
        return new RowName(row.view(), row.day(), row.bucket(), ByteBuffer.wrap(row.key()), row.batch(), row.writer());
    }
}
