package io.bifocal.infra.up;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory that holds all state of one platform on this machine. */
public record Home(Path root) {
    public Home {
        root = root.toAbsolutePath().normalize();
    }

    /** What the user configures; it need not exist. */
    public Path userProperties() {
        return root.resolve("bifocal.properties");
    }

    public Path run() {
        return root.resolve("run");
    }

    /** What every process of the platform is started with. */
    public Path platformProperties() {
        return run().resolve("platform.properties");
    }

    /** What a job's process is started with ({@link JobArguments}). */
    public Path jobArguments() {
        return run().resolve("job.args");
    }

    /** Who runs here, part by part ({@link UpRecord}). */
    public Path upRecord() {
        return run().resolve("up.json");
    }

    /** What the platform last said about its models ({@link ModelRecord}). */
    public Path modelRecord() {
        return run().resolve("models.json");
    }

    public Path lock() {
        return run().resolve("lock");
    }

    public Path ports() {
        return run().resolve("ports.properties");
    }

    /** The jars that run here, as they were at the start: a later build leaves them alone. */
    public Path libraries() {
        return run().resolve("lib");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path log(String part) {
        return logs().resolve(part + ".log");
    }

    public Path scratch() {
        return root.resolve("tmp");
    }

    public Path lake() {
        return root.resolve("lake");
    }

    void create() {
        try {
            Files.createDirectories(run());
            Files.createDirectories(logs());
            Files.createDirectories(scratch());
            Files.createDirectories(lake());
        } catch (IOException failure) {
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "Cannot make the directory " + root + ": " + failure,
                    "Give a directory that can be written with --home.",
                    failure);
        }
    }
}
