package io.bifocal.infra.up;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.config.Config;
import io.bifocal.infra.ingest.Topics;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Applies models that the platform does not know yet. Those that it knows stay as they are until somebody applies them. */
final class SeedApplication {
    private final Config config;
    private final Clock clock;
    private final Console console;

    SeedApplication(Config config, Clock clock, Console console) {
        this.config = config;
        this.clock = clock;
        this.console = console;
    }

    void apply(List<ModelSeed> seeds) {
        try (CassandraConnection cassandra = CassandraConnection.open(config);
                Topics topics = Topics.of(config)) {
            ModelCatalog catalog = new ModelCatalog(cassandra, clock);
            for (ModelSeed seed : seeds) {
                apply(seed, catalog, topics);
            }
        }
    }

    /** The topic first: whoever finds the model begins to read it at once. */
    private void apply(ModelSeed seed, ModelCatalog catalog, Topics topics) {
        String name = seed.definition().model().name();
        Optional<AppliedModel> known = catalog.find(name);
        String topic = known.map(AppliedModel::definition)
                .orElse(seed.definition())
                .model()
                .source()
                .topic();
        topics.create(topic);
        if (known.isEmpty()) {
            catalog.put(seed.definition());
            console.say("Model " + name + " applied");
            return;
        }
        String stored = known.get().definition().model().yaml();
        String given = seed.definition().model().yaml();
        if (!stored.equals(given)) {
            console.say("Model " + name + " in " + seed.file() + " differs from the one in force, which stays:");
            TextDiff.lines(stored, given).forEach(line -> console.say("  " + line));
            console.say(
                    "To put it in force: ./bifocal models apply " + seed.file() + " --url " + HealthProbe.url(config));
        }
    }
}
