package io.bifocal.core.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedefinedManifestTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Positions SOME = Positions.of("topic", Map.of(0, 7L));

    private final Manifest joined = Manifest.initial("m", "old", NOW).join("run", PartId.next("live", 1), "old", NOW);

    @Test
    void fencesRunsOfTheOldDefinition() {
        Manifest redefined = joined.redefined("new", NOW);

        assertThat(redefined.version()).isEqualTo(joined.version() + 1);
        assertThat(redefined.definition()).isEqualTo("new");
        assertThatThrownBy(
                        () -> redefined.commit("run", joined.chain().get(0).id(), 1, Positions.NONE, SOME, 7, NOW, NOW))
                .isInstanceOf(Refused.class);
    }

    @Test
    void isRefusedOnceRecordsAreCounted() {
        Manifest counted = joined.commit("run", joined.chain().get(0).id(), 1, Positions.NONE, SOME, 7, NOW, NOW);

        assertThatThrownBy(() -> counted.redefined("new", NOW)).isInstanceOf(Refused.class);
        assertThat(counted.redefined("old", NOW)).isSameAs(counted);
    }
}
