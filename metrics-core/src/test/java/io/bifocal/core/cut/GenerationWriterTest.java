package io.bifocal.core.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.oracle.SampleLambda;
import io.bifocal.core.oracle.SampleShop;
import io.bifocal.core.view.InMemoryViewStore;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GenerationWriterTest {
    private final Instant now = Instant.parse("2026-11-20T00:00:00Z");
    private final SampleLambda lambda =
            new SampleLambda(new InMemoryManifestStore(), new InMemoryViewStore(), new ManualClock(now), 3);

    @Test
    void cutsNothingFromAnArchiveThatEndsBeforeTheCutInForce() {
        lambda.editor().readOrCreate(SampleLambda.MODEL, SampleLambda.DEFINITION);
        lambda.produce(SampleShop.events(new Random(1), 50, 0, 0, 1));
        lambda.microBatch(lambda.join(), 50);
        lambda.publish(lambda.begin(50).orElseThrow());

        assertThat(lambda.begin(10)).as("read before another job cut past it").isEmpty();
        assertThat(lambda.begin(50)).isPresent();
    }
}
