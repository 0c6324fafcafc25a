package io.bifocal.batch;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.ReconciliationStore;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import java.util.List;
import java.util.function.Consumer;

/** Restatements in Cassandra. */
final class CassandraRestatementBooks implements RestatementBooks {
    private final ReconciliationStore store;

    CassandraRestatementBooks(CassandraConnection connection) {
        this.store = new ReconciliationStore(connection);
    }

    @Override
    public Consumer<List<Restatement>> moves(String model, String reconciliation) {
        return store.writing(model, reconciliation)::write;
    }

    @Override
    public void publish(String model, Reconciliation summary) {
        store.publish(model, summary);
    }
}
