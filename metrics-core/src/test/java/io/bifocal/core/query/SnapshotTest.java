package io.bifocal.core.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.cut.CandidateWriter;
import io.bifocal.core.cut.InMemoryManifestStore;
import io.bifocal.core.cut.LiveRun;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.query.Snapshot.Role;
import io.bifocal.core.query.Snapshot.Source;
import io.bifocal.core.view.InMemoryViewStore;
import io.bifocal.core.view.RetainedDays;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void ofACandidateHasItsGenerationThoughThatHasNoNumberYet() {
        InMemoryViewStore views = new InMemoryViewStore();
        ManifestEditor editor = new ManifestEditor(new InMemoryManifestStore(), Clock.fixed(NOW, ZoneOffset.UTC));
        LiveRun.join(editor, views, "m", "old", "run", 4);
        CandidateWriter writer = new CandidateWriter(editor, views, "m", "new");
        String part = writer.begin(Positions.of("topic", Map.of(0, 3L)), 7, 3, NOW, List.of(), RetainedDays.ALL)
                .generation()
                .part();

        Manifest manifest = editor.read("m");

        assertThat(Snapshot.of(manifest.as("new").orElseThrow(), any -> NOW).sources())
                .containsExactly(new Source(part, Role.GENERATION, 0, 3));
        assertThat(Snapshot.of(manifest, any -> NOW).sources()).isEmpty();
    }
}
