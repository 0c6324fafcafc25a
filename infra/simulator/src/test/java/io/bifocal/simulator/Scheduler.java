package io.bifocal.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;

/**
 * Runs actors one at a time, in an order that a seed decides. An actor is ordinary blocking code; wherever it touches a store
 * it calls {@link #pause}, and there another actor may go on. So every interleaving of store operations can happen, and each
 * can happen again. An actor can also be killed at a pause, as a process can between two writes, or be left there as a zombie
 * that wakes up later.
 */
final class Scheduler {
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
        private final Thread thread;
        private final Semaphore turn = new Semaphore(0);
        private boolean killed;
        private boolean ended;
        private int asleep;
        private Throwable failure;

        private Actor(String name, Runnable body) {
            this.name = name;
            this.thread = new Thread(() -> run(body), name);
            thread.setDaemon(true);
        }

        private void run(Runnable body) {
            turn.acquireUninterruptibly();
            try {
                if (!killed) {
                    body.run();
                }
            } catch (Killed expected) {
                // Its rows and its half-done work stay as they are: that is the point.
            } catch (Throwable other) {
                failure = unwrap(other);
            } finally {
                ended = true;
                back.release();
            }
        }

        /** Ends it at its next step. */
        void kill() {
            killed = true;
        }

        /** Lets it miss its next turns. */
        void sleep(int turns) {
            asleep = turns;
        }

        boolean ended() {
            return ended;
        }

        String name() {
            return name;
        }
    }

    private final Random random;
    private final Semaphore back = new Semaphore(0);
    private final List<Actor> actors = new ArrayList<>();
    private Actor running;

    Scheduler(Random random) {
        this.random = random;
    }

    Actor spawn(String name, Runnable body) {
        Actor actor = new Actor(name, body);
        actors.add(actor);
        actor.thread.start();
        return actor;
    }

    /** Called by actors: others may go on here. Code that no actor runs passes at once. */
    void pause() {
        Actor me = running;
        if (me == null || Thread.currentThread() != me.thread) {
            return;
        }
        back.release();
        me.turn.acquireUninterruptibly();
        if (me.killed) {
            throw new Killed();
        }
    }

    /** Lets one actor go on to its next pause; false where none is left. Rethrows what an actor failed with. */
    boolean step() {
        actors.removeIf(Actor::ended);
        if (actors.isEmpty()) {
            return false;
        }
        Actor next = actors.get(random.nextInt(actors.size()));
        if (next.asleep > 0 && !next.killed) {
            next.asleep--;
            return true;
        }
        running = next;
        next.turn.release();
        back.acquireUninterruptibly();
        running = null;
        if (next.failure != null) {
            throw new AssertionError("actor " + next.name + " failed: " + next.failure, next.failure);
        }
        return true;
    }

    /** Lets one actor run to its end, and nobody else. */
    void finish(Actor actor) {
        actor.asleep = 0;
        while (!actor.ended) {
            running = actor;
            actor.turn.release();
            back.acquireUninterruptibly();
            running = null;
        }
        if (actor.failure != null) {
            throw new AssertionError("actor " + actor.name + " failed: " + actor.failure, actor.failure);
        }
    }

    List<Actor> actors() {
        return List.copyOf(actors);
    }

    /** Ends every actor. */
    void shutDown() {
        for (Actor actor : actors()) {
            actor.kill();
            finish(actor);
        }
        actors.clear();
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }
}
