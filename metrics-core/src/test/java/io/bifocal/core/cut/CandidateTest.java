package io.bifocal.core.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.cut.Candidate.DayRange;
import io.bifocal.core.view.InMemoryViewStore;
import io.bifocal.core.view.RetainedDays;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CandidateTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final InMemoryViewStore views = new InMemoryViewStore();
    private final ManifestEditor editor =
            new ManifestEditor(new InMemoryManifestStore(), Clock.fixed(NOW, ZoneOffset.UTC));
    private final LiveRun live = LiveRun.join(editor, views, "m", "old", "run", 4);
    private final CandidateWriter writer = new CandidateWriter(editor, views, "m", "new");

    @Test
    void takesOverInOneStepWithItsOwnRunOnceThatHasCaughtUp() {
        count(live, 5);
        Candidate candidate = writer.begin(at(3), 7, 3, NOW, List.of(), RetainedDays.ALL);
        LiveRun shadow = LiveRun.join(editor, views, "m", "new", "shadow", 4);
        assertThat(shadow.end()).isEqualTo(at(3));
        count(shadow, 4);
        count(live, 6);
        assertThat(manifest().end()).isEqualTo(at(6));
        assertThat(manifest().definition()).isEqualTo("old");
        count(shadow, 6);

        assertThat(promote()).as("before its days are computed").isFalse();
        writer.complete(writer.covered(candidate, new DayRange(0, 9), List.of()), List.of());
        count(live, 8);
        assertThat(promote()).as("before its run has caught up").isFalse();
        count(shadow, 9);
        assertThat(promote()).isTrue();

        assertThat(manifest().definition()).isEqualTo("new");
        assertThat(manifest().end()).isEqualTo(at(9));
        assertThat(manifest().candidate()).isEmpty();
        assertThat(manifest().generation().number()).isEqualTo(1);
        assertThat(manifest().generation().definition()).isEqualTo("new");
        count(shadow, 10);
        assertThat(manifest().end()).isEqualTo(at(10));
        assertThatThrownBy(() -> count(live, 12))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Refused.Reason.OTHER_DEFINITION));
    }

    @Test
    void keepsItsRowsFromCollectionUntilItIsGivenUp() {
        count(live, 5);
        Candidate candidate = writer.begin(at(5), 7, 5, NOW, List.of(), RetainedDays.ALL);
        LiveRun.join(editor, views, "m", "new", "shadow", 4);
        String part = candidate.generation().part();
        assertThat(manifest().names()).contains(part);

        editor.apply("m", Manifest::withdraw);

        assertThat(manifest().names()).doesNotContain(part);
        assertThat(manifest().retired()).extracting(Manifest.Retired::part).contains(part);
        assertThatThrownBy(() -> writer.covered(candidate, new DayRange(0, 1), List.of()))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Refused.Reason.GONE));
    }

    @Test
    void isResumedByWhoeverComesNext() {
        count(live, 5);
        Candidate candidate = writer.covered(
                writer.begin(at(5), 7, 5, NOW, List.of(), RetainedDays.ALL), new DayRange(3, 5), List.of());
        Candidate found = writer.begin(at(5), 8, 5, NOW, List.of(), RetainedDays.ALL);
        assertThat(found).isEqualTo(candidate);
        assertThat(found.covers(4)).isTrue();
        assertThat(found.covers(5)).isFalse();
        assertThat(writer.covered(writer.covered(found, new DayRange(7, 8), List.of()), new DayRange(5, 7), List.of())
                        .covered())
                .containsExactly(new DayRange(3, 8));
    }

    @Test
    void bringsBackAKeptGenerationHoweverOldItsRowsAre() {
        count(live, 5);
        Generation first = inForce("new", 3);
        inForce("third", 3);
        Manifest condemned = editor.apply("m", (current, now) -> current.condemn(current.version(), now));
        assertThat(first.birth()).isLessThan(condemned.condemnedBefore());

        writer.propose(condemned, Candidate.whole("new", first, bridge()));

        assertThat(promote()).isTrue();
        assertThat(manifest().generation()).isEqualTo(first);
        assertThat(manifest().kept()).extracting(Generation::definition).containsExactly("third");
    }

    /** Days that it carried over from other parts may be deleted before its own are. */
    @Test
    void bringsBackNoGenerationThatIsNotKept() {
        count(live, 5);
        Generation first = inForce("new", 0);
        inForce("third", 0);

        assertThat(first.birth()).isGreaterThanOrEqualTo(manifest().condemnedBefore());
        assertThatThrownBy(() -> writer.propose(manifest(), Candidate.whole("new", first, bridge())))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Refused.Reason.GONE));
    }

    /** A job that rolls back may have looked before a promotion. */
    @Test
    void isTheOnlyWayBackToAnotherDefinition() {
        count(live, 5);
        Generation first = inForce("new", 3);
        Generation third = inForce("third", 3);

        assertThatThrownBy(() -> manifest().rollback(first.number(), third.number(), bridge(), "job", NOW))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Refused.Reason.OTHER_DEFINITION));
    }

    @Test
    void goesWithWhatElseAnErasureLeavesNot() {
        count(live, 5);
        inForce("new", 3);
        inForce("third", 3);
        writer.begin(at(5), 7, 5, NOW, List.of(), RetainedDays.ALL);
        GenerationWriter erasure =
                GenerationWriter.alone(editor, views, "job", Duration.ofMinutes(1), RetainedDays.ALL);
        GenerationWriter.Task task = erasure.begin("m", at(5), at(5)).orElseThrow();

        erasure.publish(task, Set.of(), List.of(), 8, 5, NOW);

        assertThat(manifest().kept()).isEmpty();
        assertThat(manifest().candidate()).isEmpty();
        assertThat(manifest().generation().number()).isEqualTo(3);
    }

    /** What it would count from Kafka may have been erased since its archive version was read. */
    @Test
    void isNotCutBeforeTheGenerationInForce() {
        count(live, 5);
        inForce("third", 3);

        assertThatThrownBy(() -> writer.begin(at(2), 7, 2, NOW, List.of(), RetainedDays.ALL))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Refused.Reason.OUT_OF_ORDER));
    }

    @Test
    void coversEveryDayOnceItIsComplete() {
        Candidate begun = writer.begin(at(5), 7, 5, NOW, List.of(), RetainedDays.ALL);
        assertThat(begun.covers(3)).isFalse();
        assertThat(writer.complete(begun, List.of()).covers(3)).isTrue();
    }

    /** What only a candidate has counted of a deleted topic must not be awaited from the archive for ever. */
    @Test
    void belongsToTheFrontier() {
        count(live, 5);
        assertThat(manifest().frontier()).isEqualTo(at(5));
        writer.begin(at(5), 7, 5, NOW, List.of(), RetainedDays.ALL);
        count(LiveRun.join(editor, views, "m", "new", "shadow", 4), 8);
        assertThat(manifest().end()).isEqualTo(at(5));
        assertThat(manifest().frontier()).isEqualTo(at(8));
    }

    @Test
    void foldsItsOwnChainAndNoOther() {
        count(live, 1);
        writer.begin(at(1), 7, 1, NOW, List.of(), RetainedDays.ALL);
        LiveRun shadow = LiveRun.join(editor, views, "m", "new", "shadow", 1);
        count(shadow, 2);
        count(shadow, 3);
        count(shadow, 4);
        List<Part> inForce = manifest().chain();

        new Folder(editor, views, Clock.fixed(NOW, ZoneOffset.UTC), 2).foldOnce("m", "new", List.of());

        assertThat(manifest().chain()).isEqualTo(inForce);
        assertThat(manifest().candidate().orElseThrow().chain().get(0).kind()).isEqualTo(Part.Kind.FOLD);
        assertThat(manifest().candidate().orElseThrow().end()).isEqualTo(at(4));
    }

    /** A generation of a definition, computed at once. */
    private Generation inForce(String definition, int keep) {
        CandidateWriter next = new CandidateWriter(editor, views, "m", definition);
        next.complete(next.begin(at(5), 7, 5, NOW, List.of(), RetainedDays.ALL), List.of());
        return CandidateWriter.promote(editor, "m", definition, "job", keep).orElseThrow();
    }

    private Part bridge() {
        long birth = manifest().version();
        return Part.archive(PartId.next("bridge", birth), at(5), at(5), birth, 0, NOW);
    }

    private boolean promote() {
        return CandidateWriter.promote(editor, "m", "new", "job", 3).isPresent();
    }

    private void count(LiveRun run, long to) {
        run.next();
        assertThat(run.commit(run.end(), at(to), to - run.end().minus(Positions.NONE), NOW))
                .isTrue();
    }

    private Manifest manifest() {
        return editor.read("m");
    }

    private static Positions at(long offset) {
        return Positions.of("topic", Map.of(0, offset));
    }
}
