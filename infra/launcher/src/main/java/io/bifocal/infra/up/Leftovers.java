package io.bifocal.infra.up;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.infra.up.UpRecord.PartRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Parts of an {@code up} that died without stopping them. */
final class Leftovers {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Leftovers() {}

    /** Ends those that still live, so that their ports and data are free. */
    static void end(Home home, Console console) {
        List<PartRecord> parts = UpRecord.read(home).map(UpRecord::parts).orElse(List.of());
        for (PartRecord part : parts) {
            Optional<ProcessHandle> left = part.process().flatMap(ProcessId::handle);
            if (left.isPresent()) {
                console.say("Ending " + part.name() + ", process " + part.pid() + ", left over from an earlier start");
                end(part.name(), left.get());
            }
        }
    }

    private static void end(String name, ProcessHandle process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        try {
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException stillThere) {
            throw Errors.of(
                    ErrorCode.ALREADY_RUNNING,
                    "The earlier " + name + ", process " + process.pid() + ", does not end.",
                    "End it by hand, then start again.",
                    stillThere);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
