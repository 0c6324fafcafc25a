package io.bifocal.infra.up;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends a platform from outside its process. */
public final class Shutdown {
    /** Longer than all parts together may take. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Shutdown() {}

    /** Returns when neither {@code up} nor any of its parts has a process; that nothing ran is no fault. */
    public static void of(Home home, Console console) {
        Optional<UpRecord> record = UpRecord.read(home);
        Optional<ProcessHandle> up = record.map(UpRecord::process).flatMap(ProcessId::handle);
        if (up.isPresent()) {
            console.say("Stopping process " + up.get().pid());
            up.get().destroy();
            if (!ended(up.get())) {
                console.say("It does not stop; killing it");
                up.get().destroyForcibly();
                ended(up.get());
            }
        }
        Leftovers.end(home, console);
        console.say(up.isPresent() ? "Stopped." : "Nothing runs in " + home.root() + ".");
    }

    private static boolean ended(ProcessHandle process) {
        try {
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException stillThere) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
