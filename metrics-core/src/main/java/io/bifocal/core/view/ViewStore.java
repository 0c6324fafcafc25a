package io.bifocal.core.view;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where the rows of parts are kept. Rows exist for readers only once a manifest names their part; until then, and after a
 * part is condemned, they are nobody's. Writes are acknowledged at QUORUM, may be repeated, and never overwrite another
 * row's content. Every implementation passes {@code ViewStoreContract}.
 */
public interface ViewStore {
    /** Notes that a part may have rows, before any of them is written, so that collection can find it. */
    void register(String model, String part);

    /** Every part that is registered and not dropped. */
    List<String> parts(String model);

    /** Writes rows of a part and returns when all are acknowledged. */
    void write(String model, String part, Collection<ViewRow> rows);

    /** Writes where a part's rows are to be found; a reader reads only what these name. */
    void writeIndex(String model, String part, Collection<PartDay> days);

    /** The index of a part. */
    CompletionStage<List<PartDay>> index(String model, String part);

    /**
     * The rows of one day of one view, as stored under the part {@code source}, with {@code from <= bucket < to} (epoch
     * seconds), in no order, and including rows of micro-batches that no manifest names.
     */
    CompletionStage<List<ViewRow>> rows(String model, String source, View view, int day, long from, long to);

    /** Deletes a part's rows and index, and forgets that it was registered. May be repeated, also after half of it failed. */
    void drop(String model, String part);

    /**
     * Deletes the rows of some days that are stored under a part, and their lines in the part's own index, and leaves its
     * other days: what a superseded generation stored and later ones do not carry over. May be repeated.
     *
     * @param days of this part: their {@code source} is {@code part}
     */
    void dropDays(String model, String part, Collection<PartDay> days);

    /**
     * One line of a part's index: for this view and day, the rows are stored under the part {@code source} (itself, or an
     * earlier one from which the day was carried over).
     *
     * @param rows how many, for the planner's estimate; 0 where unknown
     */
    record PartDay(String view, int day, String source, long rows) {}
}
