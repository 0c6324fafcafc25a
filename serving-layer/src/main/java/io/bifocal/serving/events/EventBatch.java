package io.bifocal.serving.events;

import java.util.List;

/**
 * What a request's body holds.
 *
 * @param events in their order
 * @param rejected what is no event
 */
record EventBatch(List<Event> events, List<Rejected> rejected) {
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

    long bytes() {
        return events.stream().mapToLong(event -> event.value().length).sum();
    }
}
