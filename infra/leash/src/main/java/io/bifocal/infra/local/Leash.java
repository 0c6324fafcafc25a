package io.bifocal.infra.local;

import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Runs another main class, and ends the JVM when the process that started it is gone: {@code Leash <main class> <argument>…}.
 * A supervisor that is killed with {@code kill -9} runs no shutdown hook; with this, its children do not outlive it. Where the
 * main class fails, the JVM ends with 1, whatever threads are left.
 */
public final class Leash {
    /** Names the pid to follow; without it, the process that is the parent at start. */
    public static final String PID_PROPERTY = "bifocal.leash.pid";

    private static final long POLL_MILLIS = 500;
    private static final long GRACE_MILLIS = 5_000;
    private static final int FAILED = 1;
    private static final int ORPHANED = 143;

    private Leash() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        if (arguments.length == 0) {
            throw new IllegalArgumentException("usage: Leash <main class> <argument>…");
        }
        Optional<ProcessHandle> holder = holder();
        if (holder.isEmpty()) {
            // It died while this JVM started.
            System.exit(ORPHANED);
        }
        daemon("leash", () -> follow(holder.get()));
        try {
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException failure) {
            // Threads that it left behind would keep a process alive that does nothing, and nobody would start it
            // again.
            failure.getCause().printStackTrace();
            System.exit(FAILED);
        }
    }

    private static Optional<ProcessHandle> holder() {
        String pid = System.getProperty(PID_PROPERTY);
        return pid == null ? ProcessHandle.current().parent() : ProcessHandle.of(Long.parseLong(pid));
    }

    private static void follow(ProcessHandle holder) {
        while (holder.isAlive()) {
            pause(POLL_MILLIS);
        }
        // Shutdown hooks may hang, and System.exit waits for them.
        daemon("leash-exit", () -> System.exit(ORPHANED));
        pause(GRACE_MILLIS);
        Runtime.getRuntime().halt(ORPHANED);
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            // Nobody interrupts this thread but code that means all threads; the leash must hold.
            Thread.onSpinWait();
        }
    }
}
