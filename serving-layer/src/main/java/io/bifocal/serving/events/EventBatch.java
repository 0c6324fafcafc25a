package io.bifocal.serving.events;

import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request's body holds.
 *
 * @param events in their order
 * @param rejected what is no event
 */
record EventBatch(List<Event> events, List<Rejected> rejected) {
    /** Events of one request: each costs memory beyond its bytes until it is acknowledged. */
    static final int MOST = 100_000;

    /** Of one event: what Kafka takes by default, less what a record has beside its value. */
    static final int MOST_BYTES = 1_000_000;

    /**
     * One event.
     *
     * @param line where it stands in the body, from 1
     * @param value of its Kafka record
     */
    @SuppressWarnings("ArrayRecordComponent") // on its way to Kafka, compared by nobody
    record Event(int line, byte[] value) {}

    /**
     * What was not published.
     *
     * @param line where it stands in the body, from 1
     * @param reason for people
     */
    public record Rejected(int line, String reason) {}

    /** Takes events and rejects, up to as many as one request may have. */
    static final class Builder {
        private final List<Event> events = new ArrayList<>();
        private final List<Rejected> rejected = new ArrayList<>();

        /** @throws ClientErrorException 413 where there are more than {@link #MOST} */
        void add(int line, byte[] value) {
            requireRoom();
            if (value.length > MOST_BYTES) {
                rejected.add(new Rejected(
                        line, "larger than the " + MOST_BYTES + " bytes that an event may have: " + value.length));
            } else {
                events.add(new Event(line, value));
            }
        }

        /** The same, of what is no event. */
        void reject(int line, String reason) {
            requireRoom();
            rejected.add(new Rejected(line, reason));
        }

        EventBatch build() {
            return new EventBatch(events, rejected);
        }

        private void requireRoom() {
            if (events.size() + rejected.size() == MOST) {
                throw new ClientErrorException(Response.Status.REQUEST_ENTITY_TOO_LARGE);
            }
        }
    }
}
