package io.bifocal.simulator;

import io.bifocal.core.cut.GenerationWriter;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.PartId;
import io.bifocal.core.cut.Positions;
import io.bifocal.simulator.SimulatedKafka.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Batch jobs that erase all records that hold a value; one that died is gone on with. */
final class ErasureJobs {
    /**
     * What somebody asked for.
     *
     * @param value that records hold
     * @param asked up to where they are erased
     */
    private record Request(String value, Positions asked) {}

    private static final int ATTEMPTS = 8;

    private final World world;
    private final GenerationJobs generations;
    private final BatchJobs jobs;
    private final List<Request> unfinished = new ArrayList<>();
    private int erased;
    private long erasedAt;

    ErasureJobs(World world, GenerationJobs generations, BatchJobs jobs) {
        this.world = world;
        this.generations = generations;
        this.jobs = jobs;
    }

    /** How many came to their end. */
    int erased() {
        return erased;
    }

    /** Whether records may have been erased since a part was begun, so that its rows, computed again, are others. */
    boolean mayDiffer(String part) {
        return PartId.birth(part) <= erasedAt;
    }

    /** Whether all that was asked for has been done. */
    boolean finished() {
        return unfinished.isEmpty();
    }

    /** Somebody asks for an erasure, or a job goes on with one. */
    void erase() {
        if (unfinished.isEmpty() || world.random().nextInt(4) == 0) {
            unfinished.add(new Request(value(), world.kafka().end()));
        }
        goOn(() -> world.pauseWithin(2 * World.PAUSE));
    }

    /** Goes on with the first that is not done, with nobody else about. */
    void finish() {
        goOn(() -> world.clock().advance(History.GRACE));
    }

    private String value() {
        return world.random().nextInt(4) > 0
                ? SimulatedModel.CITIES.get(world.random().nextInt(SimulatedModel.CITIES.size()))
                : "\"e" + world.random().nextInt(100) + "\"";
    }

    /** As {@code EraseJob} does; gives up where the archive or the speed job keep it waiting, or others overtake it. */
    private void goOn(Runnable waiting) {
        Request request = askedAgain(unfinished.get(0));
        Positions asked = request.asked();
        for (int round = 0; !world.archive().newest().positions().covers(asked); round++) {
            if (round == BatchJobs.ROUNDS_OF_WAITING) {
                return;
            }
            if (world.without(Rule.ERASURE_WAITS)) {
                break;
            }
            waiting.run();
        }
        Positions to = asked.withOtherTopics(world.archive().newest().positions());
        List<Entry> found = world.kafka().before(to).stream()
                .filter(entry -> new String(entry.payload(), StandardCharsets.UTF_8).contains(request.value()))
                .toList();
        world.kafka().erasing(found);
        if (!world.without(Rule.ERASURE_LEAVES_NOTHING)) {
            world.editor().apply(SimulatedModel.NAME, Manifest::withdraw);
        }
        erasedAt = Long.MAX_VALUE;
        world.archive().erase(found);
        erasedAt = world.manifest().version();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (published(to)) {
                awaitReaders(waiting);
                world.kafka().erased(found);
                if (unfinished.remove(request)) {
                    erased++;
                }
                return;
            }
        }
    }

    /** Of a topic that was deleted meanwhile nobody archives what is missing: whoever waited for that asks again. */
    private Request askedAgain(Request request) {
        if (request.asked().asMap().keySet().stream().allMatch(world.kafka().topicId()::equals)) {
            return request;
        }
        Request again = new Request(request.value(), world.kafka().end());
        unfinished.set(unfinished.indexOf(request), again);
        return again;
    }

    private boolean published(Positions asked) {
        String owner = jobs.owner();
        GenerationWriter writer =
                world.without(Rule.ERASURE_LEAVES_NOTHING) ? jobs.writer(owner) : jobs.writerAlone(owner);
        return generations.publish(
                writer,
                world.catalog().version(world.manifest().definition()),
                asked,
                !world.without(Rule.ERASURE_RECOMPUTES_ALL));
    }

    /** Until nobody reads what was there before. To delete it is the collector's. */
    private void awaitReaders(Runnable waiting) {
        Instant unread = world.clock().instant().plus(History.GRACE);
        while (!world.clock().instant().isAfter(unread)) {
            waiting.run();
        }
    }
}
