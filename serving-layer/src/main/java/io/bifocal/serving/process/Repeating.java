package io.bifocal.serving.process;

import io.bifocal.core.error.BifocalException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * A thread that does something again and again, whatever fails meanwhile. What cannot be reached is told once, until it can
 * be reached again; bugs are told every time.
 */
public final class Repeating implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Repeating.class);

    private final String name;
    private final Runnable work;
    private final ScheduledExecutorService timer;
    private boolean failing;

    private Repeating(String name, Runnable work) {
        this.name = name;
        this.work = work;
        this.timer = Daemon.timer(name);
    }

    /**
     * Starts.
     *
     * @param name of the thread, and of the work in the log
     * @param pause between two turns
     */
    public static Repeating start(String name, Duration pause, Runnable work) {
        Repeating repeating = new Repeating(name, work);
        Future<?> unused =
                repeating.timer.scheduleWithFixedDelay(repeating::turn, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
        return repeating;
    }

    private void turn() {
        try {
            work.run();
            if (failing) {
                LOG.info(name + ": goes on");
            }
            failing = false;
        } catch (BifocalException failure) {
            if (!failing) {
                LOG.warn(name + ": " + failure.getMessage() + " It is tried again.");
            }
            failing = true;
        } catch (RuntimeException bug) {
            LOG.error(name, bug);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
