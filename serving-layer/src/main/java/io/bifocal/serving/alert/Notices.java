package io.bifocal.serving.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a receiver has to be told of a model's alerts, by what it was told before. Only that an alert ended of which it was told,
 * so a process that starts may tell of an alert once more and never of an end out of nowhere.
 */
final class Notices {
    private final Duration repeat;
    private final Map<AlertKey, Notice> told = new LinkedHashMap<>();
    private Instant toldAt = Instant.EPOCH;

    /** @param repeat how often it is told again of what still fires */
    Notices(Duration repeat) {
        this.repeat = repeat;
    }

    /**
     * An alert that fires, or ended.
     *
     * @param endsAt empty while it fires
     */
    record Notice(Alert alert, Optional<Instant> endsAt) {
        AlertKey key() {
            return AlertKey.of(alert.threshold());
        }

        Instant startsAt() {
            return alert.exceededSince().orElseThrow();
        }

        private Notice endedBy(Instant now) {
            return endsAt.isPresent() ? this : new Notice(alert, Optional.of(now));
        }
    }

    /** All that fires, and what has ended; empty where the receiver knows. */
    synchronized List<Notice> due(Collection<Alert> alerts, Instant now) {
        Map<AlertKey, Notice> firing = alerts.stream()
                .filter(Alert::firing)
                .map(alert -> new Notice(alert, Optional.empty()))
                .collect(Collectors.toMap(Notice::key, Function.identity(), (one, same) -> one, LinkedHashMap::new));
        // Kept, so that a later attempt to tell it names the same end.
        told.replaceAll((key, notice) -> firing.containsKey(key) ? notice : notice.endedBy(now));
        List<Notice> due = new ArrayList<>(firing.values());
        told.values().stream()
                .filter(notice -> !firing.containsKey(notice.key()))
                .forEach(due::add);
        boolean again = !firing.isEmpty() && !now.isBefore(toldAt.plus(repeat));
        return again || !due.stream().allMatch(this::known) ? due : List.of();
    }

    private boolean known(Notice notice) {
        Notice before = told.get(notice.key());
        return notice.endsAt().isEmpty() && before != null && before.startsAt().equals(notice.startsAt());
    }

    /** The receiver has taken these, which were due. */
    synchronized void told(List<Notice> notices, Instant now) {
        told.clear();
        notices.stream().filter(notice -> notice.endsAt().isEmpty()).forEach(notice -> told.put(notice.key(), notice));
        toldAt = now;
    }
}
