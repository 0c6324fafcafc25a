package io.bifocal.infra.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeLockTest {
    @TempDir
    private Path directory;

    @Test
    void isTakenByOneAtATime() {
        Home home = new Home(directory);
        home.create();

        HomeLock first = HomeLock.take(home);
        assertThatThrownBy(() -> HomeLock.take(home))
                .hasMessageContaining("A platform already runs in " + directory)
                .extracting("remedy")
                .asString()
                .contains("./bifocal down --home " + directory);
        first.close();

        try (HomeLock second = HomeLock.take(home)) {
            assertThat(second).isNotNull();
        }
    }
}
