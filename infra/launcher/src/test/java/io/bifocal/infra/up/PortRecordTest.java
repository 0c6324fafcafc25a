package io.bifocal.infra.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortRecordTest {
    @TempDir
    private Path directory;

    @Test
    void findsTheHomeBehindAUrlOfThisMachine() {
        PortRecord record = new PortRecord(directory);
        Home home = new Home(directory.resolve("home"));

        record.write(8123, home);

        assertThat(record.home(URI.create("http://127.0.0.1:8123"))).contains(home);
        assertThat(record.home(URI.create("http://localhost:8123/"))).contains(home);
    }

    @Test
    void knowsNothingOfOtherPortsAndOtherMachines() {
        PortRecord record = new PortRecord(directory);
        record.write(8123, new Home(directory));

        assertThat(record.home(URI.create("http://127.0.0.1:8124"))).isEmpty();
        assertThat(record.home(URI.create("http://example.org:8123"))).isEmpty();
        assertThat(record.home(URI.create("http://127.0.0.1"))).isEmpty();
    }

    @Test
    void theLatestPlatformOnAPortTakesTheRecordAndTheOneBeforeLeavesItAlone() {
        PortRecord record = new PortRecord(directory);
        Home first = new Home(directory.resolve("first"));
        Home second = new Home(directory.resolve("second"));
        record.write(8123, first);
        record.write(8123, second);

        record.forget(8123, first);
        assertThat(record.home(8123)).contains(second);

        record.forget(8123, second);
        assertThat(record.home(8123)).isEmpty();
    }

    @Test
    void livesWhereTheUserKeepsState() {
        Path user = directory.resolve("user");
        Home home = new Home(directory);

        PortRecord.ofUser(Map.of(), user).write(1, home);
        PortRecord.ofUser(Map.of("XDG_STATE_HOME", directory.resolve("state").toString()), user)
                .write(2, home);

        assertThat(user.resolve(".local/state/bifocal/ports/1")).exists();
        assertThat(directory.resolve("state/bifocal/ports/2")).exists();
    }
}
