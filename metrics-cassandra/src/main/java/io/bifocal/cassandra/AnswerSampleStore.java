package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.bifocal.core.accuracy.CheckedAnswer;
import io.bifocal.core.accuracy.SampledAnswer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Answers that were kept to be computed again, and what came of them. */
public final class AnswerSampleStore {
    /** Of which accuracy is told: it is asked for all the time, so it must not grow with what was ever checked. */
    public static final int LATEST = 500;

    private final CassandraConnection connection;
    private final PreparedStatement insertSample;
    private final PreparedStatement selectSamples;
    private final PreparedStatement countSamples;
    private final PreparedStatement deleteSample;
    private final PreparedStatement deleteSamples;
    private final PreparedStatement insertChecked;
    private final PreparedStatement selectChecked;
    private final PreparedStatement deleteChecked;

    public AnswerSampleStore(CassandraConnection connection) {
        this.connection = connection;
        this.insertSample = connection.prepare("INSERT INTO answer_samples (model, id, body) VALUES (?, ?, ?)");
        this.selectSamples = connection.prepare("SELECT body FROM answer_samples WHERE model = ? LIMIT ?");
        this.countSamples = connection.prepare("SELECT count(*) FROM answer_samples WHERE model = ?");
        this.deleteSample = connection.prepare("DELETE FROM answer_samples WHERE model = ? AND id = ?");
        this.deleteSamples = connection.prepare("DELETE FROM answer_samples WHERE model = ?");
        this.insertChecked = connection.prepare("INSERT INTO checked_answers (model, id, body) VALUES (?, ?, ?)");
        this.selectChecked = connection.prepare("SELECT body FROM checked_answers WHERE model = ? LIMIT ?");
        this.deleteChecked = connection.prepare("DELETE FROM checked_answers WHERE model = ?");
    }

    /** Keeps an answer; done when that is acknowledged. */
    public CompletableFuture<Void> keep(String model, SampledAnswer sample) {
        String body = Json.write(sample);
        return connection.write(
                () -> insertSample.bind(model, sample.id(), body).setIdempotent(true));
    }

    /** How many wait to be computed again. */
    public CompletableFuture<Long> waiting(String model) {
        return connection
                .read(() -> countSamples.bind(model), row -> row.getLong(0))
                .thenApply(counts -> counts.get(0));
    }

    /** Those that wait, the oldest first. */
    public List<SampledAnswer> samples(String model, int limit) {
        return Retries.join(connection.read(
                () -> selectSamples.bind(model, limit), row -> Json.read(row.getString(0), SampledAnswer.class)));
    }

    /** Puts what came of a sample in its place. */
    public void checked(String model, CheckedAnswer checked) {
        Retries.join(connection.write(() ->
                insertChecked.bind(model, checked.id(), Json.write(checked)).setIdempotent(true)));
        Retries.join(
                connection.write(() -> deleteSample.bind(model, checked.id()).setIdempotent(true)));
    }

    /** What came of the {@link #LATEST}, the latest first. */
    public List<CheckedAnswer> checked(String model) {
        return Retries.join(connection.read(
                () -> selectChecked.bind(model, LATEST), row -> Json.read(row.getString(0), CheckedAnswer.class)));
    }

    /** Forgets all of a model: questions and answers may quote what is being erased. */
    public void clear(String model) {
        Retries.join(connection.write(() -> deleteSamples.bind(model).setIdempotent(true)));
        Retries.join(connection.write(() -> deleteChecked.bind(model).setIdempotent(true)));
    }
}
