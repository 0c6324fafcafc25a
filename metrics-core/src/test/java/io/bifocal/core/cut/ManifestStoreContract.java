package io.bifocal.core.cut;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store of manifests promises. A store's test extends this and says where the store is. */
public abstract class ManifestStoreContract {
    private static final Instant NOW = Instant.parse("2010-12-01T08:26:00.123Z");

    private final String model = "m" + UUID.randomUUID().toString().replace("-", "");

    protected abstract ManifestStore store();

    @Test
    void hasNothingOfAnUnknownModel() {
        assertThat(store().read(model)).isEmpty();
    }

    @Test
    void createsTheFirstManifestOnce() {
        Manifest first = Manifest.initial(model, "d1", NOW);
        assertThat(store().create(first)).isTrue();
        assertThat(store().create(Manifest.initial(model, "d2", NOW))).isFalse();
        assertThat(store().read(model)).contains(first);
    }

    @Test
    void givesBackAllThatAManifestSays() {
        Manifest current = Manifest.initial(model, "d1", NOW);
        assertThat(store().create(current)).isTrue();
        for (Manifest next : history(current)) {
            assertThat(store().replace(current, next)).isTrue();
            assertThat(store().read(model)).contains(next);
            current = next;
        }
    }

    @Test
    void replacesOnlyWhatIsInForce() {
        Manifest first = Manifest.initial(model, "d1", NOW);
        assertThat(store().create(first)).isTrue();
        Manifest mine = first.join("a", PartId.next("live", 1), "d1", NOW);
        Manifest theirs = first.join("b", PartId.next("live", 1), "d1", NOW);
        assertThat(store().replace(first, mine)).isTrue();
        assertThat(store().replace(first, theirs)).isFalse();
        assertThat(store().read(model)).contains(mine);
    }

    @Test
    void replacesNothingOfAnUnknownModel() {
        Manifest first = Manifest.initial(model, "d1", NOW);
        assertThat(store().replace(first, first.join("a", PartId.next("live", 1), "d1", NOW)))
                .isFalse();
        assertThat(store().read(model)).isEmpty();
    }

    @Test
    void losesNoChangeOfManyAtOnce() throws Exception {
        ManifestStore store = store();
        store.create(Manifest.initial(model, "d1", NOW));
        ManifestEditor editor = new ManifestEditor(store, Clock.systemUTC());
        int writers = 4;
        int each = 5;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> done = IntStream.range(0, writers)
                    .<Future<?>>mapToObj(writer -> threads.submit(() -> {
                        for (int i = 0; i < each; i++) {
                            String owner = writer + "-" + i;
                            editor.apply(
                                    model,
                                    (current, now) -> current.pin(
                                            new Manifest.Pin(owner, Positions.NONE, 1, now.plusSeconds(600)), now));
                        }
                    }))
                    .toList();
            for (Future<?> writer : done) {
                writer.get();
            }
        } finally {
            threads.shutdownNow();
        }
        Manifest last = store.read(model).orElseThrow();
        assertThat(last.version()).isEqualTo(1 + writers * each);
        assertThat(last.pins().stream().map(Manifest.Pin::owner))
                .hasSize(writers * each)
                .doesNotHaveDuplicates();
    }

    private static List<Manifest> history(Manifest first) {
        Positions one = Positions.of("topic", Map.of(0, 10L, 1, 7L));
        Positions two = Positions.of("topic", Map.of(0, 12L, 1, 7L));
        String part = PartId.next("live", first.version());
        Manifest joined = first.join("run", part, "d1", NOW);
        Manifest committed = joined.commit("run", part, 1, Positions.NONE, one, 17, NOW, NOW);
        Manifest sealed = committed.seal(NOW);
        Manifest pinned = sealed.pin(new Manifest.Pin("job", one, sealed.version(), NOW.plusSeconds(60)), NOW);
        Generation generation = new Generation(
                0,
                PartId.next("batch", sealed.version()),
                "d1",
                one,
                3,
                sealed.version(),
                17,
                NOW,
                Instant.EPOCH,
                List.of(new Hole("topic", 1, 2, 4)),
                Optional.of(LocalDate.of(2026, 1, 2)));
        Manifest published = pinned.publish(generation, 0, "d1", "job", 3, NOW);
        Manifest more = published.commit(
                "run", PartId.next("live", published.version()), 1, one, two, 2, NOW, NOW.plusSeconds(1));
        Generation later = new Generation(
                0,
                PartId.next("batch", more.version()),
                "d1",
                two,
                4,
                more.version(),
                19,
                NOW,
                Instant.EPOCH,
                List.of(),
                Optional.empty());
        Manifest again = more.publish(later, 1, "d1", "job", 3, NOW);
        Manifest condemned = again.condemn(again.version(), NOW);
        Generation other = new Generation(
                0,
                PartId.next("batch", again.version()),
                "d2",
                two,
                4,
                again.version(),
                19,
                NOW,
                Instant.EPOCH,
                List.of(),
                Optional.empty());
        Manifest proposed = condemned.propose(Candidate.begun("d2", other).covering(new Candidate.DayRange(3, 9)), NOW);
        return List.of(joined, committed, sealed, pinned, published, more, again, condemned, proposed);
    }
}
