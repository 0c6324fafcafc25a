package io.bifocal.serving.catalog;

import io.bifocal.cassandra.ModelCatalog.AppliedModel;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.model.Model.Metric;
import io.bifocal.core.query.Answer;
import io.bifocal.core.query.Freshness;
import io.bifocal.core.query.Query;
import io.bifocal.core.query.QueryEngine;
import io.bifocal.core.query.QueryObserver;
import io.bifocal.core.view.ViewStore;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The numbers of two versions of a model, of which one is not in force. */
@Singleton
class SideBySide {
    private final ManifestStore manifests;
    private final ViewStore views;
    private final Models models;
    private final Freshness freshness;
    private final QueryEngine.Limits limits;
    private final Clock clock;

    SideBySide(
            ManifestStore manifests,
            ViewStore views,
            Models models,
            Freshness freshness,
            QueryEngine.Limits limits,
            Clock clock) {
        this.manifests = manifests;
        this.views = views;
        this.models = models;
        this.freshness = freshness;
        this.limits = limits;
        this.clock = clock;
    }

    /** A metric's number over all events, in the version in force and in the other; null where one has no such metric. */
    public record Numbers(Object inForce, Object version) {}

    /** By metric. */
    Map<String, Numbers> numbers(AppliedModel inForce, AppliedModel version) {
        Map<String, Object> before = totals(inForce);
        Map<String, Object> after = totals(version);
        Map<String, Numbers> both = new TreeMap<>();
        before.forEach((metric, value) -> both.put(metric, new Numbers(value, after.get(metric))));
        after.forEach((metric, value) -> both.putIfAbsent(metric, new Numbers(null, value)));
        return both;
    }

    private Map<String, Object> totals(AppliedModel version) {
        List<String> metrics = version.definition().model().metrics().stream()
                .map(Metric::name)
                .toList();
        QueryEngine engine = new QueryEngine(
                ManifestStore.readOnly(model -> manifests.read(model).flatMap(manifest -> manifest.as(version.hash()))),
                views,
                models,
                freshness,
                QueryObserver.NONE,
                clock,
                limits);
        Map<String, Object> totals = new HashMap<>();
        metrics.forEach(metric -> totals.put(metric, null));
        try {
            Answer answer = engine.answer(Query.of(version.name(), metrics));
            if (!answer.rows().isEmpty()) {
                for (int i = 0; i < metrics.size(); i++) {
                    totals.put(
                            answer.columns().get(i).name(),
                            answer.rows().get(0).values().get(i));
                }
            }
        } catch (BifocalException tooDear) {
            // Then they stay unknown: what else the diff tells is worth having.
        }
        return totals;
    }
}
