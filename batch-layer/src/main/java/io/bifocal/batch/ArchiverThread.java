package io.bifocal.batch;

import io.bifocal.core.model.Definition;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Archives one model for ever: again after every failure, later and later, and anew for every definition. */
final class ArchiverThread extends Thread {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiverThread.class);
    private static final long LOOK_MILLIS = 500;
    private static final long FIRST_WAIT_MILLIS = 1_000;
    private static final long LONGEST_WAIT_MILLIS = 30_000;
    private static final long SOUND_AFTER_MILLIS = 60_000;

    private final ModelArchiver archiver;
    private Definition wanted;
    private boolean ended;

    ArchiverThread(String model, ModelArchiver archiver) {
        super("archiver-" + model);
        this.archiver = archiver;
        setDaemon(true);
    }

    /** Archives with this definition from now on. */
    synchronized void follow(Definition definition) {
        if (!definition.equals(wanted)) {
            wanted = definition;
            notifyAll();
        }
    }

    /** Stops for good. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public void run() {
        long waitMillis = FIRST_WAIT_MILLIS;
        while (!over()) {
            long started = System.nanoTime();
            try {
                archive(current());
                waitMillis = 0;
            } catch (InterruptedException interrupted) {
                return;
            } catch (Exception | LinkageError failure) { // whatever it is: it must not end the archiving of this model
                LOG.error("archiving {} failed, again in {} ms", getName(), waitMillis, failure);
            }
            boolean sound = (System.nanoTime() - started) / 1_000_000 > SOUND_AFTER_MILLIS;
            pause(waitMillis);
            waitMillis = sound || waitMillis == 0 ? FIRST_WAIT_MILLIS : Math.min(LONGEST_WAIT_MILLIS, waitMillis * 2);
        }
    }

    /** Returns when another definition is wanted, or none any more. */
    private void archive(Definition definition) throws TimeoutException, StreamingQueryException, InterruptedException {
        StreamingQuery query = archiver.start(definition);
        try {
            while (!query.awaitTermination(LOOK_MILLIS)) {
                if (over() || !definition.equals(current())) {
                    return;
                }
            }
        } finally {
            query.stop();
        }
    }

    private synchronized Definition current() throws InterruptedException {
        while (wanted == null) {
            wait();
        }
        return wanted;
    }

    private synchronized boolean over() {
        return ended;
    }

    private synchronized void pause(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        try {
            for (long left = millis; left > 0 && !ended; left = (until - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException interrupted) {
            ended = true;
        }
    }
}
