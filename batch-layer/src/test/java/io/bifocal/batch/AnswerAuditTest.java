package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.accuracy.Accuracy;
import io.bifocal.core.accuracy.CheckedAnswer;
import io.bifocal.core.accuracy.SampledAnswer;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.query.Definitions;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.QueryObserver;
import io.bifocal.core.query.QueryParser;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers that were given are given again from the archive, over the records that they counted and no others. */
class AnswerAuditTest {
    private static final String NEW_YEAR = "2026-01-01T10:00:00Z";

    private final Kept kept = new Kept();

    @Test
    void tellsWhatLiveCountedTwiceAndNotWhatCameLater() {
        World world = new World(Shop.definition("id"));
        world.order("a", NEW_YEAR, "FR", "10").order("b", NEW_YEAR, "DE", "4").count();
        world.order("a", NEW_YEAR, "FR", "10").count();
        ask(world, "\"metrics\": [\"orders\", \"revenue\", \"buyers\"], \"dimensions\": [\"country\"]");
        world.order("late", NEW_YEAR, "DE", "1").count().archive();

        assertThat(audit(world)).isEqualTo(1);

        assertThat(kept.checked).singleElement().satisfies(checked -> assertThat(checked.skipped())
                .isEmpty());
        assertThat(kept.checked.get(0).metrics())
                .containsExactly(
                        new Accuracy("buyers", 2, 2, 0, 0, 0, 0),
                        new Accuracy("orders", 2, 1, 1, 1, 0, 0),
                        new Accuracy("revenue", 2, 1, 1, 1, 0, 0));
        assertThat(kept.samples).isEmpty();
    }

    @Test
    void checksTheBoundsOfAnEstimate() {
        World world = new World(Shop.definition());
        for (int i = 0; i < 3_000; i++) {
            world.order("id-" + i, NEW_YEAR, "FR", "1");
        }
        world.count().archive();
        ask(world, "\"metrics\": [\"buyers\"]");

        audit(world);

        assertThat(kept.checked.get(0).metrics()).singleElement().satisfies(buyers -> {
            assertThat(buyers.estimated()).isEqualTo(1);
            assertThat(buyers.inside()).isEqualTo(1);
            assertThat(buyers.right()).isZero();
            assertThat(buyers.worst()).isBetween(0.0, 0.04);
        });
    }

    @Test
    void readsOnlyTheRangeThatWasAskedFor() {
        World world = new World(Shop.definition());
        world.order("a", NEW_YEAR, "FR", "10").order("b", "2026-02-01T10:00:00Z", "FR", "4");
        world.record("no event").count().archive();
        ask(
                world,
                "\"metrics\": [\"orders\", \"largest\"], \"time\": {\"from\": \"2026-02-01T00:00:00Z\", \"granularity\": \"day\","
                        + " \"zone\": \"Europe/London\"}");
        // A generation that answers are exact with changes nothing about what was seen.
        world.job().run(world.positions(), Extent.TOUCHED_DAYS);

        assertThat(audit(world)).isEqualTo(1);

        assertThat(kept.checked.get(0).metrics())
                .containsExactly(new Accuracy("largest", 1, 1, 0, 0, 0, 0), new Accuracy("orders", 1, 1, 0, 0, 0, 0));
    }

    @Test
    void waitsForTheArchiveAndLeavesOtherDefinitionsAlone() {
        World world = new World(Shop.definition());
        world.order("a", NEW_YEAR, "FR", "10").count();
        ask(world, "\"metrics\": [\"orders\"]");
        assertThat(audit(world)).isZero();
        assertThat(kept.samples).hasSize(1);

        world.archive();
        World other = world.redefinedAs(Shop.doubled(world.definition));
        assertThat(audit(other)).isEqualTo(1);
        assertThat(kept.checked.get(0).skipped())
                .hasValueSatisfying(why -> assertThat(why).contains("another definition"));
    }

    private int audit(World world) {
        return new AnswerAudit(world.context(), kept, Clock.systemUTC()).run();
    }

    /** Asks as users do, and keeps the answer. */
    private void ask(World world, String what) {
        Query query = (Query) QueryParser.parse("{\"model\": \"%s\", %s}".formatted(world.model(), what));
        Manifest manifest = world.manifest();
        QueryEngine engine = new QueryEngine(
                ManifestStore.readOnly(model -> Optional.of(manifest)),
                World.VIEWS,
                Definitions.only(world.definition),
                Manifest::lastArrival,
                QueryObserver.NONE,
                Clock.systemUTC(),
                new QueryEngine.Limits(Duration.ofMinutes(1), 1, Duration.ofMinutes(2)));
        kept.samples.add(SampledAnswer.of("1", Instant.now(), query, manifest, engine.answer(query))
                .orElseThrow());
    }

    private static final class Kept implements AnswerAudit.Books {
        private final List<SampledAnswer> samples = new ArrayList<>();
        private final List<CheckedAnswer> checked = new ArrayList<>();

        @Override
        public List<SampledAnswer> samples(int limit) {
            return samples.stream().limit(limit).toList();
        }

        @Override
        public void checked(CheckedAnswer answer) {
            checked.add(answer);
            samples.removeIf(sample -> sample.id().equals(answer.id()));
        }
    }
}
