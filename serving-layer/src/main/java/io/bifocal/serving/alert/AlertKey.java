package io.bifocal.serving.alert;

import io.bifocal.core.model.AlertKind;
import io.bifocal.core.model.Threshold;
import java.util.Optional;

/** Which alert of a model: one of a kind, or of a kind and a metric. */
public record AlertKey(AlertKind alert, Optional<String> metric) {
    /** Of the whole model. */
    public AlertKey(AlertKind alert) {
        this(alert, Optional.empty());
    }

    static AlertKey of(Threshold threshold) {
        return new AlertKey(threshold.alert(), threshold.metric());
    }
}
