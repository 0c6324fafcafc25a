package io.bifocal.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.model.AlertKind;
import io.bifocal.core.model.Definition;
import io.bifocal.core.model.ModelFile;
import io.bifocal.core.model.Threshold;
import io.bifocal.core.model.ValueType;
import io.bifocal.serving.alert.Alert.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelAlertsTest {
    private static final Instant START = Instant.parse("2026-01-02T03:00:00Z");
    private static final Threshold UNEXPLAINED = new Threshold(AlertKind.UNEXPLAINED, Optional.empty(), 0);
    private static final Threshold UNCOMPARED = new Threshold(AlertKind.UNCOMPARED, Optional.empty(), 0);
    private static final Threshold LAG = new Threshold(AlertKind.LAG, Optional.empty(), 5);

    private final ModelAlerts alerts = new ModelAlerts();

    @Test
    void watchesTheDriftOfEachMetricOfWhichItIsMeasured() {
        assertThat(ModelAlerts.watched(definition("alerts: {lag: 5, drift: 0.1, metrics: {buyers: {drift: 0.5}}}")))
                .containsExactly(
                        LAG,
                        new Threshold(AlertKind.DRIFT, Optional.of("orders"), 0.1),
                        new Threshold(AlertKind.DRIFT, Optional.of("buyers"), 0.5),
                        UNEXPLAINED,
                        UNCOMPARED);
        assertThat(ModelAlerts.watched(definition("alerts: {metrics: {buyers: {drift: 0.5}}}")))
                .containsExactly(new Threshold(AlertKind.DRIFT, Optional.of("buyers"), 0.5), UNEXPLAINED, UNCOMPARED);
    }

    @Test
    void watchesTwoThingsWithoutAThreshold() {
        assertThat(ModelAlerts.watched(definition(""))).containsExactly(UNEXPLAINED, UNCOMPARED);
    }

    @Test
    void forgetsAnAlertThatIsNotWatchedAnyMore() {
        alerts.look(List.of(LAG, UNEXPLAINED), Map.of(), START);
        alerts.look(List.of(UNEXPLAINED), Map.of(), START);

        assertThat(alerts.all()).extracting(Alert::threshold).containsExactly(UNEXPLAINED);
        assertThat(alerts.find(LAG)).isEmpty();
    }

    @Test
    void knowsNothingWhereNothingCanBeMeasured() {
        look(0, 6);
        look(5, 6);
        assertThat(alerts.all()).extracting(Alert::state).containsExactly(State.FIRING);

        alerts.unmeasured(START.plusSeconds(10));

        assertThat(alerts.all()).extracting(Alert::state).containsExactly(State.UNKNOWN);
        assertThat(alerts.all()).extracting(Alert::firing).containsExactly(true);
    }

    private void look(long seconds, double lag) {
        Instant at = START.plusSeconds(seconds);
        alerts.look(List.of(LAG), Map.of(new AlertKey(AlertKind.LAG), new Measured(lag, at)), at);
    }

    private static Definition definition(String alerts) {
        String yaml =
                """
                version: 1
                model: shop
                source: {topic: shop, format: json}
                time: {column: at}
                columns: {at: timestamp, user: string}
                metrics:
                  - {name: orders, type: simple, agg: count}
                  - {name: buyers, type: simple, agg: count_distinct, expr: user}
                  - {name: buyers_7d, type: cumulative, input_metric: buyers, window: 7 days}
                rollups: [{name: all, granularity: hour}]
                """;
        return new Definition(ModelFile.parse("shop.yml", yaml + alerts), Map.of(), Map.of("buyers", ValueType.STRING));
    }
}
