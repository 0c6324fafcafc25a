package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.bifocal.core.reconciliation.Cause;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.core.reconciliation.Restatement.Contribution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What publications changed, for those who serve it: summaries, and the numbers that moved. */
public final class ReconciliationStore {
    private static final int CHUNK = 1_000;
    private static final String ANY = "";

    private final CassandraConnection connection;
    private final PreparedStatement insertSummary;
    private final PreparedStatement selectSummaries;
    private final PreparedStatement selectFrom;
    private final PreparedStatement selectAfter;
    private final PreparedStatement insertMove;
    private final PreparedStatement selectMoves;
    private final PreparedStatement selectChunks;
    private final PreparedStatement selectChunk;

    public ReconciliationStore(CassandraConnection connection) {
        this.connection = connection;
        this.insertSummary = connection.prepare("INSERT INTO reconciliations (model, id, body) VALUES (?, ?, ?)");
        this.selectSummaries = connection.prepare("SELECT body FROM reconciliations WHERE model = ?");
        this.selectFrom = connection.prepare("SELECT body FROM reconciliations WHERE model = ? AND id >= ?");
        this.selectAfter = connection.prepare("SELECT body FROM reconciliations WHERE model = ? AND id > ?");
        this.insertMove =
                connection.prepare("INSERT INTO restatements (model, reconciliation, cause, chunk, place, body)"
                        + " VALUES (?, ?, ?, ?, ?, ?)");
        this.selectMoves = connection.prepare("SELECT body FROM restatements WHERE model = ? AND reconciliation = ?"
                + " AND cause = ? AND chunk = ?");
        this.selectChunks = connection.prepare("SELECT DISTINCT model, reconciliation, cause, chunk FROM restatements");
        this.selectChunk =
                connection.prepare("SELECT place, body FROM restatements WHERE model = ? AND reconciliation = ?"
                        + " AND cause = ? AND chunk = ?");
    }

    /** Writes the numbers that one publication moved, in several calls; nobody sees them before {@link #publish}. */
    public final class Writing {
        private final String model;
        private final String reconciliation;
        private final Map<String, Integer> places = new HashMap<>();

        private Writing(String model, String reconciliation) {
            this.model = model;
            this.reconciliation = reconciliation;
        }

        /** Returns when all are acknowledged. */
        public void write(List<Restatement> moves) {
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (Restatement move : moves) {
                String body = move.json();
                writes.add(write(ANY, body));
                move.causes().stream()
                        .map(Contribution::cause)
                        .distinct()
                        .forEach(cause -> writes.add(write(cause.text(), body)));
            }
            Retries.joinAll(writes);
        }

        private CompletableFuture<Void> write(String cause, String body) {
            int place = places.merge(cause, 1, Integer::sum) - 1;
            return connection.write(() -> insertMove
                    .bind(model, reconciliation, cause, place / CHUNK, place % CHUNK, body)
                    .setIdempotent(true));
        }
    }

    public Writing writing(String model, String reconciliation) {
        return new Writing(model, reconciliation);
    }

    /**
     * Writes anew every number that moved that a change alters, of publications that were not finished too.
     *
     * @return how many rows that took
     */
    public long rewrite(String model, UnaryOperator<Restatement> change) {
        long rewritten = 0;
        for (ChunkKey chunk : chunks(model)) {
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (Placed placed : Retries.join(connection.read(
                    () -> selectChunk.bind(model, chunk.reconciliation(), chunk.cause(), chunk.number()),
                    row -> new Placed(row.getInt(0), row.getString(1))))) {
                Restatement before = Restatement.of(placed.body());
                Restatement after = change.apply(before);
                if (!after.equals(before)) {
                    writes.add(connection.write(() -> insertMove
                            .bind(
                                    model,
                                    chunk.reconciliation(),
                                    chunk.cause(),
                                    chunk.number(),
                                    placed.place(),
                                    after.json())
                            .setIdempotent(true)));
                }
            }
            Retries.joinAll(writes);
            rewritten += writes.size();
        }
        return rewritten;
    }

    private record ChunkKey(String model, String reconciliation, String cause, int number) {}

    private record Placed(int place, String body) {}

    private List<ChunkKey> chunks(String model) {
        return Retries.join(connection.read(
                        () -> selectChunks.bind(),
                        row -> new ChunkKey(row.getString(0), row.getString(1), row.getString(2), row.getInt(3))))
                .stream()
                .filter(chunk -> chunk.model().equals(model))
                .toList();
    }

    /** Makes a publication's numbers known. */
    public void publish(String model, Reconciliation summary) {
        Retries.join(connection.write(() ->
                insertSummary.bind(model, summary.id(), Json.write(summary)).setIdempotent(true)));
    }

    /** All of a model, the latest first. */
    public List<Reconciliation> summaries(String model) {
        return Retries.join(connection.read(
                () -> selectSummaries.bind(model), row -> Json.read(row.getString(0), Reconciliation.class)));
    }

    /** One and those that came after it, the latest first. */
    public List<Reconciliation> summariesFrom(String model, String id) {
        return Retries.join(connection.read(
                () -> selectFrom.bind(model, id), row -> Json.read(row.getString(0), Reconciliation.class)));
    }

    /** Those that came after one, the latest first. */
    public List<Reconciliation> summariesAfter(String model, String id) {
        return Retries.join(connection.read(
                () -> selectAfter.bind(model, id), row -> Json.read(row.getString(0), Reconciliation.class)));
    }

    /**
     * Numbers that one publication moved.
     *
     * @param cause that had a share in them; empty: all
     * @param wanted which of them
     * @param limit how many of those at most
     */
    public List<Restatement> moves(
            String model, Reconciliation publication, Optional<Cause> cause, Predicate<Restatement> wanted, int limit) {
        List<Restatement> moves = new ArrayList<>();
        String share = cause.map(Cause::text).orElse(ANY);
        for (int chunk = 0; moves.size() < limit; chunk++) {
            int number = chunk;
            List<Restatement> some = Retries.join(connection.read(
                    () -> selectMoves.bind(model, publication.id(), share, number),
                    row -> Restatement.of(row.getString(0))));
            some.stream().filter(wanted).limit(limit - moves.size()).forEach(moves::add);
            if (some.size() < CHUNK) {
                break;
            }
        }
        return moves;
    }
}
