package io.bifocal.simulator;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestEditor;
import io.bifocal.core.cut.Part;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.cut.Refused;
import io.bifocal.core.view.ViewRow;
import io.bifocal.simulator.SimulatedArchive.Version;
import io.bifocal.simulator.SimulatedKafka.Entry;
import java.time.Instant;
import java.util.List;

/** Parts that the archive supplies. */
final class Bridges {
    private final World world;
    private final ManifestEditor editor;

    Bridges(World world) {
        this.world = world;
        this.editor = world.editor();
    }

    /** The archive stands in for a speed job that is dead or behind. */
    void bridge() {
        Manifest manifest = world.manifest();
        List<String> chains = manifest.definitions();
        String chain = chains.get(world.random().nextInt(chains.size()));
        bridge(manifest, world.catalog().version(chain), world.archive().newest());
    }

    void bridge(Manifest manifest, SimulatedModel model, Version archived) {
        bridge(
                manifest,
                model,
                world.without(Rule.BRIDGE_IS_WHOLE) ? world.kafka().end() : archived.positions(),
                archived);
    }

    /** @param to where the bridge leads, from the end of the model's chain */
    void bridge(Manifest manifest, SimulatedModel model, Positions to, Version archived) {
        Positions end = World.end(manifest, model.hash());
        if (!to.covers(end) || to.equals(end)) {
            return;
        }
        Part part = part(editor.newPart("bridge", manifest), manifest.version(), model, end, to, archived);
        try {
            editor.apply(
                    SimulatedModel.NAME,
                    (current, now) -> current.under(
                            model.hash(),
                            mine -> mine.bridge(
                                    world.without(Rule.PARTS_MEET) ? moved(part, mine.end()) : part,
                                    model.hash(),
                                    now)));
        } catch (Refused speedIsAlive) {
            // It went on by itself.
        }
    }

    /** One that counts no record. */
    static Part nothing(String id, Positions from, Positions to, long birth) {
        return Part.archive(id, from, to, birth, 0, Instant.EPOCH);
    }

    private static Part moved(Part part, Positions from) {
        return Part.archive(part.id(), from, part.to().max(from), part.birth(), part.records(), part.lastArrival());
    }

    /** Writes a part of all records between two positions; nothing names it yet. */
    Part part(String id, long birth, SimulatedModel model, Positions from, Positions to, Version archived) {
        world.views().register(SimulatedModel.NAME, id);
        List<Entry> entries = archived.between(from, to);
        boolean bare = world.without(Rule.ROLLBACK_IS_BRIDGED) && id.startsWith("batch");
        List<ViewRow> rows = bare ? List.of() : world.exact(model, entries);
        world.views().writeIndex(SimulatedModel.NAME, id, world.written(id, rows));
        return Part.archive(id, from, to, birth, bare ? 0 : entries.size(), SimulatedKafka.lastArrival(entries))
                .lacking(world.lost(archived));
    }
}
