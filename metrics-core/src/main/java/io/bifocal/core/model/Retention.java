package io.bifocal.core.model;

import java.time.LocalDate;
import java.util.Optional;

/**
 * For how long a model's data is kept. Without a number it is kept for ever, and as many generations as the platform is
 * configured to keep.
 *
 * @param views days of events, today not counted, that answers go back
 * @param archive days of events that stay in the archive: no fewer than {@code views}, so that whatever answers show can be
 *     computed again
 * @param generations earlier ones that can be rolled back to
 */
public record Retention(Optional<Integer> views, Optional<Integer> archive, Optional<Integer> generations) {
    /** The first day that answers show; empty: all are. */
    public Optional<LocalDate> viewsFrom(LocalDate today) {
        return views.map(today::minusDays);
    }

    /** The first day whose events stay in the archive; empty: all do. */
    public Optional<LocalDate> archiveFrom(LocalDate today) {
        return archive.map(today::minusDays);
    }
}
