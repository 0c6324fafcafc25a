package io.bifocal.simulator;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.Positions;
import io.bifocal.simulator.SimulatedArchive.Version;
import io.bifocal.simulator.SimulatedKafka.DataLoss;
import io.bifocal.simulator.SimulatedKafka.Entry;
import io.bifocal.spark.KafkaTopic;
import java.util.List;

/** Copies what Kafka has to the archive, and counts from there what the speed job cannot read any more. */
final class Archiver {
    private final World world;
    private final SimulatedKafka kafka;
    private final SimulatedArchive archive;
    private final Bridges bridges;

    Archiver(World world, Bridges bridges) {
        this.world = world;
        this.kafka = world.kafka();
        this.archive = world.archive();
        this.bridges = bridges;
    }

    /** The archiver: one start after the other. */
    void run() {
        while (true) {
            try {
                noteWhatIsGone();
                append();
            } catch (DataLoss endsTheQuery) {
                world.scheduler().pause();
            }
        }
    }

    /** Archives all that Kafka has, with nobody else about. */
    void catchUp() {
        noteWhatIsGone();
        Version known = archive.newest();
        Positions all = known.positions().max(kafka.end());
        archive.append(known, all, kafka.read(kafka.topicId(), known.positions(), all));
    }

    /** As {@code ModelArchiver} does at its start; and counts from the archive what Kafka does not hold any more ({@code Gaps}). */
    private void noteWhatIsGone() {
        Version known = archive.newest();
        KafkaTopic topic = kafka.topic();
        Positions counted = world.manifest().frontier();
        Positions reachable = topic.overDeleted(known.positions()).max(counted.without(topic.id()));
        if (world.without(Rule.HOLES_ARE_NAMED)) {
            archive.append(known, reachable, List.of());
        } else if (!reachable.equals(known.positions())) {
            archive.lose(known, reachable);
        }
        world.scheduler().pause();
        World.mortal(this::bridgeGaps).run();
    }

    private void bridgeGaps() {
        Manifest manifest = world.manifest();
        Version archived = archive.newest();
        for (String definition : manifest.definitions()) {
            Positions end = World.end(manifest, definition);
            Positions to = kafka.topic().bridgeable(end, archived.positions());
            if (!to.equals(end)) {
                bridges.bridge(manifest, world.catalog().version(definition), to, archived);
            }
        }
    }

    /** Appends what Kafka has to the archive, over and over; ends where another archiver did. */
    private void append() {
        String topicId = kafka.topicId();
        while (true) {
            world.pauseWithin(World.PAUSE);
            Version known = archive.newest();
            Positions to = world.some(known.positions(), kafka.end());
            if (to.equals(known.positions())) {
                continue;
            }
            List<Entry> records = kafka.read(topicId, known.positions(), to);
            world.scheduler().pause();
            kafka.requireSame(topicId);
            if (!archive.append(known, to, records)) {
                return;
            }
            if (world.random().nextInt(4) == 0) {
                World.mortal(this::bridgeGaps).run();
            }
        }
    }
}
