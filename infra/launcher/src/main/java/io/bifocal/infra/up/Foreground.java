package io.bifocal.infra.up;

import java.util.concurrent.CountDownLatch;

/** Holds a platform until this process is asked to end, and ends the platform first. */
public final class Foreground {
    private final Platform platform;
    private final Console console;

    public Foreground(Platform platform, Console console) {
        this.platform = platform;
        this.console = console;
    }

    /**
     * Returns never, unless the platform cannot become ready. Ctrl-C and SIGTERM stop it in order and end the JVM with 0:
     * that is what was asked for.
     */
    public void run(Runnable whenModelsApplied, Runnable whenReady) {
        Thread hook = new Thread(this::stopAndHalt, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            if (platform.awaitModels()) {
                whenModelsApplied.run();
                if (platform.awaitReady()) {
                    whenReady.run();
                }
            }
        } catch (RuntimeException failure) {
            if (!platform.closed()) {
                Runtime.getRuntime().removeShutdownHook(hook);
                platform.close();
                throw failure;
            }
            // Stopping the parts is what failed it; the hook ends this process.
        }
        sleepForEver();
    }

    private static void sleepForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopAndHalt() {
        platform.close();
        console.say("Stopped.");
        Runtime.getRuntime().halt(0);
    }
}
