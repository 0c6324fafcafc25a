package io.bifocal.core.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.cut.Folder.Choice;
import io.bifocal.core.cut.Manifest.Pin;
import io.bifocal.core.oracle.SampleLambda;
import io.bifocal.core.oracle.SampleShop;
import io.bifocal.core.view.InMemoryViewStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FolderTest {
    private static final Instant NOW = Instant.parse("2010-12-05T00:00:00Z");
    private static final long SEED = 5;
    private static final int FANOUT = 3;

    private final InMemoryViewStore views = new InMemoryViewStore();
    private final SampleLambda lambda =
            new SampleLambda(new InMemoryManifestStore(), views, new ManualClock(NOW), FANOUT);

    @Test
    void choosesTheFirstPartsOfTheLowestLevelThatHasEnough() {
        assertThat(chosen(manifest(2, 1, 1, 0, 0))).isEmpty();
        assertThat(chosen(manifest(1, 1, 1, 0, 0, 0, 0))).contains("3 4 5 to level 1");
        assertThat(chosen(manifest(2, 1, 1, 1, 0, 0))).contains("1 2 3 to level 2");
    }

    @Test
    void leavesThePartThatStillGrowsAlone() {
        Manifest open = growing(manifest(0, 0), false);
        assertThat(chosen(open)).isEmpty();
        assertThat(chosen(growing(manifest(0, 0), true))).contains("0 1 2 to level 1");
        assertThat(chosen(growing(manifest(0, 0, 0), false))).contains("0 1 2 to level 1");
    }

    @Test
    void keepsPinnedBoundariesUntilTheirLeaseIsOver() {
        Manifest manifest = manifest(0, 0, 0, 0);
        Positions boundary = manifest.chain().get(1).to();
        assertThat(chosen(manifest.pin(new Pin("job", boundary, 1, NOW.plusSeconds(1)), NOW)))
                .isEmpty();
        assertThat(chosen(manifest.pin(new Pin("job", boundary, 1, NOW), NOW))).contains("0 1 2 to level 1");
        Positions end = manifest.chain().get(2).to();
        assertThat(chosen(manifest.pin(new Pin("job", end, 1, NOW.plusSeconds(1)), NOW)))
                .contains("0 1 2 to level 1");
    }

    @Test
    void foldsSmallPartsThatAPinLeftBeforeALargerOne() {
        assertThat(chosen(manifest(0, 0, 1, 0, 0))).contains("0 1 2 to level 2");
    }

    @Test
    void neverFoldsOverAHole() {
        Manifest manifest = manifest(0, 0);
        Part hole = Part.hole(PartId.next("hole", 1), manifest.end(), at(30), 1);
        List<Part> chain = new ArrayList<>(manifest.chain());
        chain.add(hole);
        Manifest holed = withChain(manifest, chain);
        assertThat(chosen(holed)).isEmpty();
    }

    @Test
    void keepsEveryAnswerWhileTheChainStaysShort() {
        LiveRun run = lambda.join();
        Random random = new Random(SEED);
        for (int batch = 0; batch < 60; batch++) {
            lambda.produce(SampleShop.events(random, 30, 0, lambda.produced(), 2));
            assertThat(lambda.microBatch(run, 30)).isTrue();
            while (lambda.fold().isPresent()) {
                checkAnswers();
            }
        }
        checkAnswers();
        assertThat(lambda.manifest().chain()).hasSizeLessThan(2 * FANOUT + 1);
        assertThat(lambda.manifest().chain().get(0).level()).isEqualTo(2);
        assertThat(lambda.manifest().chain().stream().mapToLong(Part::records).sum())
                .isEqualTo(lambda.produced());
    }

    @Test
    void letsTheRunGoOnWhenItsLastPartWasFolded() {
        LiveRun run = lambda.join();
        for (int part = 0; part < FANOUT; part++) {
            lambda.produce(SampleShop.events(new Random(SEED), 30, 0, lambda.produced(), 2));
            lambda.microBatch(run, 30);
            lambda.editor().apply(SampleLambda.MODEL, Manifest::seal);
        }
        assertThat(lambda.fold()).isPresent();
        lambda.produce(SampleShop.events(new Random(SEED), 30, 0, lambda.produced(), 2));
        assertThat(lambda.microBatch(run, 30)).isTrue();
        checkAnswers();
        assertThat(lambda.counted(lambda.manifest())).isEqualTo(lambda.produced());
    }

    @Test
    void leavesAChainOfAnotherDefinitionAlone() {
        Manifest manifest = manifest(0, 0, 0);
        InMemoryManifestStore store = new InMemoryManifestStore();
        store.create(manifest);
        Folder folder =
                new Folder(new ManifestEditor(store, new ManualClock(NOW)), views, new ManualClock(NOW), FANOUT);
        assertThat(folder.foldOnce("m", "another", List.of())).isEmpty();
        assertThat(store.read("m")).contains(manifest);
    }

    @Test
    void dropsItsWorkWhenTheChainHasChangedMeanwhile() {
        InMemoryManifestStore store = new InMemoryManifestStore();
        store.create(manifest(0, 0, 0));
        InMemoryViewStore meddled = new InMemoryViewStore(new FaultPolicy() {
            @Override
            public void after(String effect) {
                Manifest current = store.read("m").orElseThrow();
                store.replace(current, withChain(current, List.of()));
            }
        });
        Folder folder =
                new Folder(new ManifestEditor(store, new ManualClock(NOW)), meddled, new ManualClock(NOW), FANOUT);
        assertThat(folder.foldOnce("m", "d", List.of())).isEmpty();
        assertThat(meddled.parts("m")).isEmpty();
    }

    @Test
    void refusesAFanoutThatFoldsNothing() {
        assertThatThrownBy(() -> new Folder(lambda.editor(), views, new ManualClock(NOW), 1))
                .hasMessage("a fanout of 1 folds nothing");
    }

    private void checkAnswers() {
        Manifest manifest = lambda.manifest();
        for (String rollup : List.of("hours", "days")) {
            assertThat(lambda.storedOrders(rollup, manifest))
                    .as("seed %d", SEED)
                    .isEqualTo(lambda.expectedOrders(rollup, lambda.counted(manifest)));
        }
    }

    private static Optional<String> chosen(Manifest manifest) {
        return Folder.choose(manifest, FANOUT, NOW).map(choice -> text(manifest, choice));
    }

    private static String text(Manifest manifest, Choice choice) {
        StringBuilder text = new StringBuilder();
        choice.parts()
                .forEach(part -> text.append(manifest.chain().indexOf(part)).append(' '));
        return text + "to level " + choice.level();
    }

    private static Manifest manifest(int... levels) {
        List<Part> chain = new ArrayList<>();
        for (int level : levels) {
            Part archive =
                    Part.archive(PartId.next("fold", 1), at(chain.size()), at(chain.size() + 1), 1, 1, Instant.EPOCH);
            chain.add(Part.fold(archive.id(), List.of(archive), level));
        }
        return withChain(Manifest.initial("m", "d", NOW), chain);
    }

    private static Manifest growing(Manifest manifest, boolean sealed) {
        String part = PartId.next("live", manifest.version());
        Manifest joined = manifest.join("run", part, "d", NOW);
        int records = manifest.chain().size();
        Manifest committed = joined.commit("run", part, 1, at(records), at(records + 1), 1, NOW, NOW);
        return sealed ? committed.seal(NOW) : committed;
    }

    private static Manifest withChain(Manifest manifest, List<Part> chain) {
        return new Manifest(
                manifest.model(),
                manifest.version() + 1,
                manifest.definition(),
                manifest.generation(),
                chain,
                manifest.kept(),
                manifest.lastGeneration(),
                manifest.pins(),
                manifest.retired(),
                manifest.condemnedBefore(),
                manifest.candidate(),
                NOW);
    }

    private static Positions at(int offset) {
        return Positions.of("topic", Map.of(0, (long) offset));
    }
}
