package io.bifocal.serving.alert;

import io.bifocal.core.model.AlertKind;

/** What people are told of an alert. */
final class AlertText {
    /** The page that says what each alert means. */
    static final String RUNBOOK = "docs/OPERATIONS.md#alerts";

    private AlertText() {}

    /** As the rules for Prometheus grade them (infra/prometheus/bifocal-alerts.yml). */
    static String severity(AlertKind alert) {
        return switch (alert) {
            case FRESHNESS, IMBALANCE, UNEXPLAINED -> "critical";
            case LAG, QUARANTINE, DRIFT, UNCOMPARED -> "warning";
        };
    }

    static String summary(String model, Alert alert) {
        String value = value(alert);
        return model + ": "
                + switch (alert.threshold().alert()) {
                    case LAG -> "in Kafka and not counted yet: " + value;
                    case FRESHNESS -> "records wait to be counted, and answers are behind by " + value;
                    case IMBALANCE -> "missing from the ledger, or too many: " + value;
                    case QUARANTINE -> "of the latest records a share of " + value + " cannot be read";
                    case DRIFT ->
                        "live views of " + alert.threshold().metric().orElse("") + " were off by " + value
                                + " of what the archive says";
                    case UNEXPLAINED -> "moved in the last 24 hours, and nothing explains it: " + value;
                    case UNCOMPARED -> "not compared with what was served before, in the last 24 hours: " + value;
                };
    }

    static String description(String model, Alert alert) {
        AlertKind kind = alert.threshold().alert();
        String todo =
                switch (kind) {
                    case LAG, FRESHNESS ->
                        "./bifocal status says whether the speed job runs, and how far it is behind.";
                    case IMBALANCE ->
                        "./bifocal ledger " + model + " names the hours, and the range of offsets once it is audited.";
                    case QUARANTINE ->
                        "./bifocal quarantine " + model + " says why; mend the model file, apply it, and reprocess.";
                    case DRIFT ->
                        "Answers are right since that comparison. ./bifocal drift " + model
                                + " shows which rollups were off; ./bifocal reconcile " + model + " compares again.";
                    case UNEXPLAINED -> "./bifocal restatements " + model + " --cause unexplained lists them.";
                    case UNCOMPARED -> "./bifocal restatements " + model + " says why.";
                };
        return "Measured: " + value(alert) + "; threshold: "
                + kind.describe(alert.threshold().limit()) + ". " + todo;
    }

    private static String value(Alert alert) {
        return alert.threshold()
                .alert()
                .describe(alert.value().orElse(alert.threshold().limit()));
    }
}
