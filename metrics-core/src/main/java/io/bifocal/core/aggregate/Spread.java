package io.bifocal.core.aggregate;

/** Which measure of spread a variance is given out as: of a sample, so over n - 1. */
enum Spread {
    VARIANCE,
    STANDARD_DEVIATION;

    double of(double variance) {
        return this == VARIANCE ? variance : Math.sqrt(variance);
    }
}
