package io.bifocal.serving.operation;

import io.bifocal.cassandra.ReconciliationStore;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.reconciliation.Reconciliation;
import io.bifocal.core.reconciliation.Restatement;
import io.bifocal.serving.sse.Heartbeat;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one follower of restatements has been sent already. Its looks follow one another. */
final class RestatementFollower {
    private static final int MOST = 100_000;
    private static final String SEPARATOR = "/";

    private final String model;
    private final ReconciliationStore store;
    private final RestatementFilter.Wanted wanted;
    private final Sse sse;
    private final Heartbeat heartbeat;
    private volatile Place last;

    /**
     * Where a follower is; events carry it as their id.
     *
     * @param publication the id of the latest that it was sent numbers of; empty: none
     * @param sent how many of them
     */
    private record Place(String publication, int sent) {
        String text() {
            return publication + SEPARATOR + sent;
        }

        /** Empty where it is none of {@link #text}'s. */
        static Optional<Place> parse(String text) {
            int slash = text.lastIndexOf(SEPARATOR);
            try {
                return slash < 0
                        ? Optional.empty()
                        : Optional.of(new Place(
                                text.substring(0, slash), Integer.parseUnsignedInt(text.substring(slash + 1))));
            } catch (NumberFormatException foreign) {
                return Optional.empty();
            }
        }
    }

    /**
     * @param after the id of the last event that the client has; null: it begins now
     * @throws BifocalException {@code BAD_REQUEST} where it is no such id
     */
    RestatementFollower(
            String model, ReconciliationStore store, RestatementFilter.Wanted wanted, String after, Sse sse) {
        this.model = model;
        this.store = store;
        this.wanted = wanted;
        this.sse = sse;
        this.heartbeat = new Heartbeat(sse);
        this.last = after == null ? latest(model, store) : Place.parse(after).orElseThrow(() -> foreign(after));
    }

    /** Whoever went on from now instead would miss numbers, and not be told. */
    private static BifocalException foreign(String id) {
        return Errors.of(
                ErrorCode.BAD_REQUEST,
                "Last-Event-ID is " + id + ", which is the id of no event here.",
                "Give the id of an event as it was sent, or leave the header out to begin now.");
    }

    private static Place latest(String model, ReconciliationStore store) {
        return store.summaries(model).stream()
                .findFirst()
                .map(publication -> new Place(publication.id(), MOST))
                .orElse(new Place("", 0));
    }

    /** What is new since the last look. */
    List<OutboundSseEvent> look() {
        List<OutboundSseEvent> events = new ArrayList<>();
        List<Reconciliation> publications = last.sent() < MOST
                ? store.summariesFrom(model, last.publication())
                : store.summariesAfter(model, last.publication());
        // They come with the latest first.
        for (int i = publications.size() - 1; i >= 0; i--) {
            Reconciliation publication = publications.get(i);
            if (!publication.id().equals(last.publication())) {
                last = new Place(publication.id(), 0);
            }
            if (last.sent() < MOST && wanted.in(publication)) {
                send(publication, events);
            }
            last = new Place(publication.id(), MOST);
        }
        heartbeat.unless(!events.isEmpty()).ifPresent(events::add);
        return events;
    }

    private void send(Reconciliation publication, List<OutboundSseEvent> events) {
        List<Restatement> moves = store.moves(model, publication, wanted.cause(), wanted::is, MOST);
        for (int i = last.sent(); i < moves.size(); i++) {
            events.add(sse.newEventBuilder()
                    .id(new Place(publication.id(), i + 1).text())
                    .mediaType(MediaType.APPLICATION_JSON_TYPE)
                    .data(Restatement.class, moves.get(i))
                    .build());
        }
    }
}
