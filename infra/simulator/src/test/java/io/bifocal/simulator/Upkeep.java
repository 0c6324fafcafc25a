package io.bifocal.simulator;

import io.bifocal.core.cut.Folder;
import io.bifocal.core.cut.GarbageCollector;
import io.bifocal.core.cut.Manifest;
import io.bifocal.core.view.ViewStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The folder and the collector. */
final class Upkeep {
    private static final int FANOUT = 3;

    private final World world;

    Upkeep(World world) {
        this.world = world;
    }

    /** Folds whenever there is something to fold. */
    void fold() {
        Folder folder = new Folder(world.editor(), world.views(), world.clock(), FANOUT);
        while (true) {
            world.pauseWithin(World.PAUSE);
            World.mortal(() -> world.manifest()
                            .definitions()
                            .forEach(definition -> folder.foldOnce(
                                    SimulatedModel.NAME,
                                    definition,
                                    world.catalog().version(definition).views())))
                    .run();
        }
    }

    /** Collects what nobody names. */
    void collect() {
        GarbageCollector collector = collector();
        while (true) {
            world.pauseWithin(2 * World.PAUSE);
            if (world.without(Rule.CONDEMNING)) {
                dropUnnamed();
            }
            World.mortal(() -> collector.collect(SimulatedModel.NAME)).run();
        }
    }

    /** Collects all that can be, a grace later. */
    void collectTheRest() {
        GarbageCollector collector = collector();
        collector.collect(SimulatedModel.NAME);
        world.clock().advance(History.GRACE);
        collector.collect(SimulatedModel.NAME);
        long version = world.manifest().version();
        List<String> left = collector.unneeded(SimulatedModel.NAME, version);
        Violation.unless(left.isEmpty(), () -> "not collected: " + left + " at " + world.manifest());
    }

    private GarbageCollector collector() {
        return new GarbageCollector(
                world.editor(),
                world.views(),
                world.clock(),
                world.without(Rule.GRACE) ? Duration.ZERO : History.GRACE);
    }

    /** What is named by nobody now may be about to be. */
    private void dropUnnamed() {
        Manifest manifest = world.manifest();
        ViewStore views = world.views();
        Set<String> needed = new HashSet<>(manifest.names());
        manifest.retired().forEach(retired -> needed.add(retired.part()));
        for (String part : List.copyOf(needed)) {
            views.index(SimulatedModel.NAME, part)
                    .toCompletableFuture()
                    .join()
                    .forEach(day -> needed.add(day.source()));
        }
        views.parts(SimulatedModel.NAME).stream()
                .filter(part -> !needed.contains(part))
                .forEach(part -> views.drop(SimulatedModel.NAME, part));
    }
}
