package io.bifocal.reconciliation;

import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import java.util.List;

/**
 * One metric of one cell that is not what it was.
 *
 * @param before the finished value; null where there was none
 * @param after the finished value; null where there is none any more
 * @param causes whose deltas add up to the change
 */
public record Move(String metric, Object before, Object after, List<Contribution> causes) {
    boolean hasCause(Cause cause) {
        return causes.stream().anyMatch(each -> each.cause() == cause);
    }
}
