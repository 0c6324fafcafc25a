package io.bifocal.infra.up;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@code up} writes about itself, so that {@code status}, {@code down} and the next {@code up} need neither HTTP nor
 * any part to be alive.
 *
 * @param pid of {@code up} itself
 * @param processStartedAt of that process, as the operating system tells it
 * @param startedAt when the platform was started
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record UpRecord(
        long pid,
        Instant processStartedAt,
        int port,
        String home,
        String url,
        Instant startedAt,
        List<PartRecord> parts) {

    /**
     * One part.
     *
     * @param pid null while the part has no process
     * @param restarts how often it died and was started again
     * @param since when it came into this state
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PartRecord(
            String name, Long pid, Instant processStartedAt, PartState state, int restarts, Instant since) {

        /** The part's process; empty while it has none. */
        public Optional<ProcessId> process() {
            return pid == null ? Optional.empty() : Optional.of(new ProcessId(pid, processStartedAt));
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    /** Of this process. */
    static UpRecord of(Home home, URI url, Instant startedAt, List<PartRecord> parts) {
        ProcessId self = ProcessId.current();
        return new UpRecord(
                self.pid(), self.startedAt(), url.getPort(), home.root().toString(), url.toString(), startedAt, parts);
    }

    public ProcessId process() {
        return new ProcessId(pid, processStartedAt);
    }

    public boolean alive() {
        return process().alive();
    }

    /** The record in a home; empty where none was ever written, or it cannot be read. */
    public static Optional<UpRecord> read(Home home) {
        Path file = home.upRecord();
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readString(file), UpRecord.class));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    void write(Home home) {
        try {
            AtomicFiles.write(home.upRecord(), JSON.writeValueAsString(this));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static void forget(Home home) {
        try {
            Files.deleteIfExists(home.upRecord());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
