package io.bifocal.batch;

import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import java.util.List;
import java.util.function.Consumer;

/** Whom publications tell what they changed. */
public interface RestatementBooks {
    /** Takes the numbers that one publication moved, some at a time; they are shown once it is {@link #publish published}. */
    Consumer<List<Restatement>> moves(String model, String reconciliation);

    /** Takes the summary of a publication. */
    void publish(String model, Reconciliation summary);
}
