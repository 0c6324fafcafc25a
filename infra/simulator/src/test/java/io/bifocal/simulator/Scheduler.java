package io.bifocal.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Runs actors one at a time, in an order that a seed decides. An actor is ordinary blocking code; wherever it touches a store
 * it calls {@link #pause}, and there another actor may go on. So every interleaving of store operations can happen, and each
 * can happen again. An actor can also be killed at a pause, as a process can between two writes, or be left there as a zombie
 * that wakes up later.
 *
 * <p>Whoever pauses decides who is next and hands over to it directly; an actor that goes on itself costs no switch of threads.
 */
final class Scheduler {
    /** Of how many turns in a row an actor has one on average. */
    private static final int LONGEST_BURST = 12;

    private static final int MOST_WEIGHT = 4;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(body -> {
        Thread thread = new Thread(body, "actor");
        thread.setDaemon(true);
        return thread;
    });

    /** Ends an actor's thread where it stands: the code in between must not catch it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed by the simulator", null, false, false);
        }
    }

    /** A running actor. */
    final class Actor {
        private final String name;
        private final Runnable body;
        private final int weight;
        private final Semaphore turn = new Semaphore(0);
        private Thread thread;
        private boolean killed;
        private boolean ended;
        private int wakesAtStep = Integer.MAX_VALUE;

        private Actor(String name, Runnable body, int weight) {
            this.name = name;
            this.body = body;
            this.weight = weight;
        }

        private void run() {
            thread = Thread.currentThread();
            try {
                if (!killed) {
                    body.run();
                }
            } catch (Killed expected) {
                // Its rows and its half-done work stay as they are: that is the point.
            } catch (Throwable other) {
                failure = new AssertionError("actor " + name + " failed: " + unwrap(other), unwrap(other));
            }
            ended = true;
            actors.remove(this);
            handOver(alone ? null : choose());
        }

        /** Ends it at its next step. */
        void kill() {
            killed = true;
        }

        /** Lets it do nothing for so many steps of others. */
        void sleep(int steps) {
            wakesAtStep = stepsLeft - steps;
        }

        private boolean awake() {
            return killed || stepsLeft <= wakesAtStep;
        }

        String name() {
            return name;
        }
    }

    private final Random random;
    private final Runnable betweenSteps;
    private final Semaphore stage = new Semaphore(0);
    private final List<Actor> actors = new ArrayList<>();
    private Actor running;
    private Throwable failure;
    private boolean alone;
    private int stepsLeft;
    private int burst;

    /** @param betweenSteps what the world does before each step of an actor */
    Scheduler(Random random, Runnable betweenSteps) {
        this.random = random;
        this.betweenSteps = betweenSteps;
    }

    /** Starts an actor that soon comes to its end. */
    Actor spawn(String name, Runnable body) {
        return spawn(name, body, 1 + random.nextInt(MOST_WEIGHT));
    }

    /** Starts an actor that is always about, and has its share of the steps however many others there are. */
    Actor spawnService(String name, Runnable body) {
        return spawn(name, body, MOST_WEIGHT + random.nextInt(MOST_WEIGHT));
    }

    private Actor spawn(String name, Runnable body, int weight) {
        Actor actor = new Actor(name, body, weight);
        actors.add(actor);
        return actor;
    }

    /** Called by actors: others may go on here. Code that no actor runs passes at once. */
    void pause() {
        Actor me = running;
        if (me == null || Thread.currentThread() != me.thread) {
            return;
        }
        if (!alone && !me.killed) {
            Actor next = choose();
            if (next != me) {
                handOver(next);
                me.turn.acquireUninterruptibly();
            }
        }
        if (me.killed) {
            throw new Killed();
        }
    }

    /** The same, for an actor that has nothing to do for so many steps of others. */
    void pause(int steps) {
        if (running != null && Thread.currentThread() == running.thread && !alone) {
            running.sleep(steps);
        }
        pause();
    }

    /** Lets actors take so many steps. Rethrows what the first of them failed with. */
    void run(int steps) {
        stepsLeft = steps;
        handOver(choose());
        stage.acquireUninterruptibly();
        rethrow();
    }

    /** Lets one actor run to its end, and nobody else. */
    void finish(Actor actor) {
        alone = true;
        handOver(actor);
        stage.acquireUninterruptibly();
        alone = false;
        rethrow();
    }

    List<Actor> actors() {
        return List.copyOf(actors);
    }

    /** Ends every actor. */
    void shutDown() {
        alone = true;
        for (Actor actor : actors()) {
            actor.kill();
            handOver(actor);
            stage.acquireUninterruptibly();
        }
        alone = false;
        failure = null;
    }

    /** How many steps of the last {@link #run} were not taken. */
    int stepsLeft() {
        return stepsLeft;
    }

    /** Whose step is next; null where all were taken or somebody failed. */
    private Actor choose() {
        while (failure == null && stepsLeft > 0) {
            stepsLeft--;
            try {
                betweenSteps.run();
            } catch (RuntimeException | AssertionError violation) {
                failure = violation;
                return null;
            }
            if (burst > 0 && running != null && !running.ended && running.awake()) {
                burst--;
                return running;
            }
            Actor next = weighted();
            if (next != null) {
                burst = random.nextInt(1 + random.nextInt(LONGEST_BURST));
                return next;
            }
        }
        return null;
    }

    private Actor weighted() {
        int all = 0;
        for (Actor actor : actors) {
            all += actor.awake() ? actor.weight : 0;
        }
        if (all == 0) {
            return null;
        }
        int at = random.nextInt(all);
        for (Actor actor : actors) {
            at -= actor.awake() ? actor.weight : 0;
            if (at < 0) {
                return actor;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    private void handOver(Actor next) {
        running = next;
        if (next == null) {
            stage.release();
        } else if (next.thread == null) {
            THREADS.execute(next::run);
        } else {
            next.turn.release();
        }
    }

    private void rethrow() {
        Throwable failed = failure;
        failure = null;
        if (failed instanceof Error error) {
            throw error;
        }
        if (failed instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private static Throwable unwrap(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }
}
