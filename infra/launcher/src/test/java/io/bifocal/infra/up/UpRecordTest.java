package io.bifocal.infra.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.infra.up.UpRecord.PartRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpRecordTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    private Path directory;

    private static UpRecord record(ProcessId process) {
        return new UpRecord(
                process.pid(),
                process.startedAt(),
                8080,
                "/home",
                "http://127.0.0.1:8080",
                NOW,
                List.of(new PartRecord("speed", null, null, PartState.RESTARTING, 2, NOW)));
    }

    @Test
    void isReadAsItWasWritten() {
        Home home = new Home(directory);
        UpRecord written = record(ProcessId.current());

        written.write(home);

        assertThat(UpRecord.read(home)).contains(written);
        assertThat(UpRecord.read(home).orElseThrow().alive()).isTrue();
        UpRecord.forget(home);
        assertThat(UpRecord.read(home)).isEmpty();
    }

    @Test
    void aPidThatAnotherProcessWasGivenMeanwhileIsNotAlive() {
        ProcessId self = ProcessId.current();

        assertThat(record(new ProcessId(self.pid(), self.startedAt().minusSeconds(60)))
                        .alive())
                .isFalse();
    }

    @Test
    void isEmptyWhereThereIsNoneOrItIsBroken() throws IOException {
        assertThat(UpRecord.read(new Home(directory))).isEmpty();
        Files.createDirectories(directory.resolve("run"));
        Files.writeString(directory.resolve("run/up.json"), "{\"pid\": ");
        assertThat(UpRecord.read(new Home(directory))).isEmpty();
    }
}
