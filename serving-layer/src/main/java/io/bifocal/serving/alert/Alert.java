package io.bifocal.serving.alert;

import io.bifocal.core.model.Threshold;
import java.time.Instant;
import java.util.Optional;

/**
 * Where an alert stands; each look at what is measured makes the next one of it. It fires when two measurements in a row exceed
 * the threshold, so that a blip pages nobody, and ends with the first that does not. What cannot be measured neither fires nor
 * ends.
 *
 * @param since it is in that state
 * @param value measured last; empty where nothing ever was
 * @param exceededSince the first measurement in a row that exceeded the threshold
 * @param firing whether it fires, or did when it was measured last
 */
record Alert(
        Threshold threshold,
        State state,
        Instant since,
        Optional<Double> value,
        Optional<Instant> exceededSince,
        boolean firing) {
    /** What is known of an alert. */
    enum State {
        OK,
        FIRING,
        UNKNOWN
    }

    static Alert unknown(Threshold threshold, Instant since) {
        return new Alert(threshold, State.UNKNOWN, since, Optional.empty(), Optional.empty(), false);
    }

    /** After another look. */
    Alert next(Threshold limit, Optional<Measured> measured, Instant now) {
        if (measured.isEmpty()) {
            return new Alert(
                    limit,
                    State.UNKNOWN,
                    state == State.UNKNOWN ? since : now,
                    value,
                    exceededSince.filter(first -> firing),
                    firing);
        }
        Optional<Double> number = Optional.of(measured.get().value());
        Instant at = measured.get().at();
        if (measured.get().value() <= limit.limit()) {
            return new Alert(limit, State.OK, state == State.OK ? since : at, number, Optional.empty(), false);
        }
        Instant first = exceededSince.orElse(at);
        return firing || at.isAfter(first)
                ? new Alert(limit, State.FIRING, first, number, Optional.of(first), true)
                : new Alert(limit, state, since, number, Optional.of(first), false);
    }
}
