package io.bifocal.core.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** What somebody can be told of. */
public enum AlertKind {
    /** Records in Kafka that no answer counts yet. */
    LAG("record"),
    /** Seconds since the moment up to which answers know everything, while records wait to be counted. */
    FRESHNESS("second"),
    /** Records of hours at rest that the ledger misses, or has too many. */
    IMBALANCE("record"),
    /** The share of the records of the last hours that are in quarantine. */
    QUARANTINE(""),
    /** How far live views of a metric were off at the last comparison, as a share of what the archive says. */
    DRIFT(""),
    /** Numbers that a publication moved and that nothing explains: one is too many, whatever the model file says. */
    UNEXPLAINED("number"),
    /** Publications that could not be compared with what was served before them: so is one of these. */
    UNCOMPARED("publication");

    private static final int MOST_DECIMALS = 9;

    private final String unit;

    AlertKind(String unit) {
        this.unit = unit;
    }

    /** As the model file and the API write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A number of these for people, with its unit. */
    public String describe(double number) {
        String plain = BigDecimal.valueOf(number)
                .setScale(MOST_DECIMALS, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
        return unit.isEmpty() ? plain : plain + " " + unit + (number == 1 ? "" : "s");
    }
}
