package io.bifocal.core.model;

import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Model.Rollup;
import io.bifocal.core.model.Section.Word;
import io.bifocal.core.time.Granularity;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the rollups of a model file. */
final class RollupsReader {
    private static final List<Granularity> GRANULARITIES =
            List.of(Granularity.MINUTE, Granularity.QUARTER_HOUR, Granularity.HOUR, Granularity.DAY);
    private static final int MAX_SHARDS = 256;

    private final Faults faults;
    private final Names dimensions;
    private final Names names;

    RollupsReader(Faults faults, Names dimensions) {
        this.faults = faults;
        this.dimensions = dimensions;
        this.names = new Names(faults, "rollup");
    }

    List<Rollup> read(Section file) {
        String remedy = "Add at least one, such as `- {name: by_country, granularity: hour, dimensions: [country]}`.";
        Optional<Node> given = file.required("rollups", remedy);
        List<Node> items = file.list("rollups");
        if (given.isPresent() && Section.isEmptyList(given.get())) {
            file.fault("rollups", "There are no rollups.", remedy);
        }
        List<Rollup> rollups = new ArrayList<>();
        for (Node item : items) {
            Section.of(faults, "A rollup", item)
                    .flatMap(section -> rollup(section.titled("rollup")
                            .only(List.of("name", "granularity", "zone", "dimensions", "shards"))))
                    .ifPresent(rollups::add);
        }
        return rollups;
    }

    private Optional<Rollup> rollup(Section section) {
        Optional<String> name = names.declare(section);
        Optional<Granularity> granularity =
                section.name("granularity", Nearest.oneOf(granularities())).flatMap(this::granularity);
        ZoneId zone = zone(section, granularity);
        List<String> keys = section.words("dimensions").stream()
                .filter(this::knownDimension)
                .map(Word::text)
                .toList();
        int shards = shards(section);
        return name.isPresent() && granularity.isPresent()
                ? Optional.of(new Rollup(name.get(), granularity.get(), zone, keys, shards))
                : Optional.empty();
    }

    private Optional<Granularity> granularity(Word word) {
        Optional<Granularity> granularity = Granularity.parse(word.text()).filter(GRANULARITIES::contains);
        if (granularity.isEmpty()) {
            faults.at(
                    word.node(),
                    "A rollup cannot have the granularity `" + word.text() + "`.",
                    Nearest.oneOf(granularities()));
        }
        return granularity;
    }

    private ZoneId zone(Section section, Optional<Granularity> granularity) {
        Optional<ZoneId> zone = section.word("zone").flatMap(word -> ModelReader.zone(faults, word));
        if (zone.isPresent() && granularity.isPresent() && granularity.get() != Granularity.DAY) {
            section.fault(
                    "zone",
                    "Only day rollups have a zone; those by "
                            + granularity.get().text() + " are UTC.",
                    "Remove the zone: queries may ask for any zone that UTC buckets compose. Or write `granularity: day`.");
        }
        return zone.orElse(ZoneOffset.UTC);
    }

    private boolean knownDimension(Word word) {
        if (dimensions.has(word.text())) {
            return true;
        }
        faults.at(
                word.node(),
                "Unknown dimension `" + word.text() + "` in a rollup.",
                Nearest.remedy(word.text(), dimensions.all()));
        return false;
    }

    private int shards(Section section) {
        Optional<Double> shards = section.number("shards");
        boolean allowed = shards.map(number -> number >= 1 && number <= MAX_SHARDS && number == Math.rint(number))
                .orElse(true);
        if (!allowed) {
            section.fault(
                    "shards",
                    "`shards` must be a whole number from 1 to " + MAX_SHARDS + ".",
                    "Leave it out unless one day's rows are too many for one partition.");
        }
        return allowed ? shards.orElse(1.0).intValue() : 1;
    }

    private static List<String> granularities() {
        return GRANULARITIES.stream().map(Granularity::text).toList();
    }
}
