package io.bifocal.simulator;

import io.bifocal.core.model.Definition;
import io.bifocal.core.model.DefinitionJson;
import io.bifocal.core.query.Definitions;
import io.bifocal.simulator.SimulatedKafka.Entry;
import io.bifocal.simulator.SimulatedKafka.Meaning;
import io.bifocal.simulator.SimulatedModel.Content;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The versions of the model that there are, and which of them is wanted; and records, which each of them reads its own way. */
final class SimulatedCatalog implements Definitions {
    /** Made once: to compile them takes Catalyst a second. */
    private static final List<SimulatedModel> VERSIONS =
            List.of(new SimulatedModel(false), new SimulatedModel(true), SimulatedModel.changed());

    private static final List<String> MALFORMED =
            List.of("{broken", "{\"v\":1}", "{\"at\":\"1970-01-01T00:00:00Z\",\"v\":\"many\"}", "");

    private SimulatedModel wanted;

    /** @param identity whether records of equal id and time are one event to the version that is wanted first */
    SimulatedCatalog(boolean identity) {
        this.wanted = VERSIONS.get(identity ? 1 : 0);
    }

    List<SimulatedModel> versions() {
        return VERSIONS;
    }

    SimulatedModel wanted() {
        return wanted;
    }

    void want(SimulatedModel version) {
        wanted = version;
    }

    SimulatedModel version(String hash) {
        return VERSIONS.stream()
                .filter(version -> version.hash().equals(hash))
                .findFirst()
                .orElseThrow();
    }

    SimulatedModel any(Random random) {
        return VERSIONS.get(random.nextInt(VERSIONS.size()));
    }

    Entry entry(String topicId, int partition, long offset, long brokerMillis, Content content) {
        return entry(topicId, partition, offset, brokerMillis, content.json(), Optional.of(content));
    }

    /** One that cannot be parsed, or has no time, or a value of another type. */
    Entry malformed(String topicId, int partition, long offset, long brokerMillis, Random random) {
        return entry(
                topicId,
                partition,
                offset,
                brokerMillis,
                MALFORMED.get(random.nextInt(MALFORMED.size())),
                Optional.empty());
    }

    private static Entry entry(
            String topicId, int partition, long offset, long brokerMillis, String payload, Optional<Content> content) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        Map<String, Meaning> meanings = new HashMap<>();
        VERSIONS.forEach(version -> meanings.put(version.hash(), version.meaning(bytes, content, partition, offset)));
        return new Entry(topicId, partition, offset, brokerMillis, bytes, meanings);
    }

    @Override
    public List<String> models() {
        return List.of(SimulatedModel.NAME);
    }

    @Override
    public Optional<Definition> current(String name) {
        return Optional.of(wanted.definition());
    }

    @Override
    public Optional<Definition> byHash(String name, String hash) {
        return Optional.of(version(hash).definition());
    }

    @Override
    public Optional<Definition> byFingerprint(String name, String fingerprint) {
        return VERSIONS.stream()
                .map(SimulatedModel::definition)
                .filter(definition -> DefinitionJson.fingerprint(definition).equals(fingerprint))
                .findFirst();
    }
}
