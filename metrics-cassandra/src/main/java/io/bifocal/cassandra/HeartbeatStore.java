package io.bifocal.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last heartbeat of each part and model. */
public final class HeartbeatStore {
    private final CassandraConnection connection;
    private final PreparedStatement insert;
    private final PreparedStatement select;
    private final PreparedStatement selectAll;

    public HeartbeatStore(CassandraConnection connection) {
        this.connection = connection;
        this.insert = connection.prepare("INSERT INTO heartbeats (part, model, at, body) VALUES (?, ?, ?, ?)");
        this.select = connection.prepare("SELECT part, model, at, body FROM heartbeats WHERE part = ? AND model = ?");
        this.selectAll = connection.prepare("SELECT part, model, at, body FROM heartbeats");
    }

    public void beat(PartHeartbeat heartbeat) {
        Retries.join(connection.write(() ->
                insert.bind(heartbeat.part(), heartbeat.model(), heartbeat.at(), Json.write(heartbeat.status()))));
    }

    public Optional<PartHeartbeat> last(String part, String model) {
        return Retries.join(connection.read(() -> select.bind(part, model), HeartbeatStore::heartbeat)).stream()
                .findFirst();
    }

    public List<PartHeartbeat> all() {
        return Retries.join(connection.read(selectAll::bind, HeartbeatStore::heartbeat));
    }

    @SuppressWarnings("unchecked") // the body is a JSON object
    private static PartHeartbeat heartbeat(Row row) {
        return new PartHeartbeat(
                row.getString(0), row.getString(1), row.getInstant(2), Json.read(row.getString(3), Map.class));
    }
}
