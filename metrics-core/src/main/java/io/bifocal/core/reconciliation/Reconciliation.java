package io.bifocal.core.reconciliation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What comparing a publication with what had been served before it brought to light.
 *
 * @param id rises with time
 * @param generation in force since then
 * @param occasion what was published: a generation, a reconciled part, an earlier generation
 * @param restatements how many numbers moved
 * @param causes how many of them each cause had a share in, by its name
 * @param drift of what live views said, by rollup and metric
 * @param fault why it could not be compared; then all else is empty
 */
public record Reconciliation(
        String id,
        Instant at,
        long generation,
        String occasion,
        long restatements,
        Map<String, Long> causes,
        List<Drift> drift,
        Optional<String> fault) {
    /** How many numbers moved that nothing explains. */
    public long unexplained() {
        return causes.getOrDefault(Cause.UNEXPLAINED.text(), 0L);
    }
}
