package io.bifocal.core.query;

import io.bifocal.core.query.RowMerger.Group;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is merged in a window that only moves forward. States cannot be taken out of a merged one, so it is kept as two stacks:
 * of the older ones each is merged with all that follow it there, of the newer ones only the whole. Each is merged a bounded
 * number of times, however many windows it is in.
 */
final class SlidingMerge {
    private record Item(long time, Group group) {}

    private final RowMerger.Merging merging;
    private final boolean slides;
    private final Deque<Item> older = new ArrayDeque<>();
    private final Deque<Item> newer = new ArrayDeque<>();
    private Group allNewer;

    /** @param slides whether the window's beginning ever moves */
    SlidingMerge(RowMerger.Merging merging, boolean slides) {
        this.merging = merging;
        this.slides = slides;
    }

    /** Adds a group, which stays the caller's, at a time not before the last one's. */
    void add(long time, Group group) {
        if (slides) {
            newer.addLast(new Item(time, merging.copy(group)));
        }
        allNewer = merging.merge(allNewer, merging.copy(group));
    }

    /** Lets the window begin here. */
    void dropBefore(long time) {
        while (!older.isEmpty() && older.getFirst().time() < time) {
            older.removeFirst();
        }
        if (older.isEmpty() && !newer.isEmpty() && newer.getFirst().time() < time) {
            turn(time);
        }
    }

    /** All that is in the window, to be read only; null where there is nothing. */
    Group merged() {
        if (older.isEmpty() || allNewer == null) {
            return older.isEmpty() ? allNewer : older.getFirst().group();
        }
        return merging.merge(merging.copy(older.getFirst().group()), merging.copy(allNewer));
    }

    private void turn(long time) {
        while (!newer.isEmpty() && newer.getLast().time() >= time) {
            Item item = newer.removeLast();
            Group following =
                    older.isEmpty() ? null : merging.copy(older.getFirst().group());
            older.addFirst(new Item(item.time(), merging.merge(following, item.group())));
        }
        newer.clear();
        allNewer = null;
    }
}
