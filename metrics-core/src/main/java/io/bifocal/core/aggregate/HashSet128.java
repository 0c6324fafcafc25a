package io.bifocal.core.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An exact set of 128-bit hashes in one array of long pairs, by open addressing. The slot is the hash's leading bits, so the
 * table is almost sorted, and equal sets encode to equal bytes at little cost. DANGER: whoever inserts hashes in their order
 * reserves room for all of them first; otherwise the low end of a small table fills up and probing turns quadratic.
 */
final class HashSet128 {
    private static final int INITIAL_SLOTS = 4;
    private static final int HASH_BYTES = 16;

    private long[] table = new long[2 * INITIAL_SLOTS];
    private int slots = INITIAL_SLOTS;
    private int size;

    int size() {
        return size;
    }

    void add(long high, long low) {
        if (4L * (size + 1) > 3L * slots) {
            resize(slots * 2);
        }
        insert(high, low);
    }

    void addAll(HashSet128 other) {
        reserve(size + other.size);
        other.forEach(this::insert);
    }

    /** Both zero means an empty slot, so that one hash gives way to its neighbour. */
    private void insert(long high, long low) {
        long stored = (high | low) == 0 ? 1 : low;
        int slot = home(high);
        while (true) {
            long thatHigh = table[2 * slot];
            long thatLow = table[2 * slot + 1];
            if ((thatHigh | thatLow) == 0) {
                table[2 * slot] = high;
                table[2 * slot + 1] = stored;
                size++;
                return;
            }
            if (thatHigh == high && thatLow == stored) {
                return;
            }
            slot = (slot + 1) & (slots - 1);
        }
    }

    private int home(long high) {
        return (int) (high >>> (Long.SIZE - Integer.numberOfTrailingZeros(slots)));
    }

    /** The same as sets of about equal size that none has in common, each of at most so many bytes, give or take a twentieth. */
    List<HashSet128> split(int mostBytes) {
        int bits = 0;
        while (((long) HASH_BYTES * size) >>> bits > mostBytes) {
            bits++;
        }
        if (bits == 0) {
            return List.of(this);
        }
        List<HashSet128> pieces = new ArrayList<>();
        for (int i = 0; i < 1 << bits; i++) {
            HashSet128 piece = new HashSet128();
            piece.reserve(size >> bits);
            pieces.add(piece);
        }
        int shift = Long.SIZE - bits;
        forEach((high, low) -> pieces.get((int) (high >>> shift)).add(high, low));
        return pieces;
    }

    private void reserve(int hashes) {
        int needed = slots;
        while (4L * hashes > 3L * needed) {
            needed = Math.multiplyExact(needed, 2);
        }
        if (needed > slots) {
            resize(needed);
        }
    }

    private void resize(int newSlots) {
        long[] old = table;
        table = new long[Math.multiplyExact(2, newSlots)];
        slots = newSlots;
        size = 0;
        for (int i = 0; i < old.length; i += 2) {
            if ((old[i] | old[i + 1]) != 0) {
                insert(old[i], old[i + 1]);
            }
        }
    }

    /** Takes one hash. */
    interface Visitor {
        void visit(long high, long low);
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < table.length; i += 2) {
            if ((table[i] | table[i + 1]) != 0) {
                visitor.visit(table[i], table[i + 1]);
            }
        }
    }

    /** Sorted by unsigned value, 16 bytes each, after their number. */
    void encode(StateWriter out) {
        out.writeUnsigned(size);
        long[] sorted = sorted();
        for (long half : sorted) {
            out.writeFixedLong(half);
        }
    }

    static HashSet128 decode(StateReader in) {
        HashSet128 set = new HashSet128();
        int count = Math.toIntExact(in.readUnsigned());
        set.reserve(count);
        for (int i = 0; i < count; i++) {
            set.insert(in.readFixedLong(), in.readFixedLong());
        }
        return set;
    }

    /** Hashes that wrapped around the table's end belong behind the others; the rest is off by a few places at most. */
    private long[] sorted() {
        long[] pairs = new long[2 * size];
        int filled = 0;
        int wrapped = 0;
        while (wrapped < slots && (table[2 * wrapped] | table[2 * wrapped + 1]) != 0) {
            wrapped++;
        }
        for (int i = 0; i < slots; i++) {
            if (!empty(i) && !(i < wrapped && home(table[2 * i]) > i)) {
                filled = copy(i, pairs, filled);
            }
        }
        for (int i = 0; i < wrapped; i++) {
            if (home(table[2 * i]) > i) {
                filled = copy(i, pairs, filled);
            }
        }
        insertionSort(pairs);
        return Arrays.copyOf(pairs, filled);
    }

    private boolean empty(int slot) {
        return (table[2 * slot] | table[2 * slot + 1]) == 0;
    }

    private int copy(int slot, long[] pairs, int filled) {
        pairs[filled] = table[2 * slot];
        pairs[filled + 1] = table[2 * slot + 1];
        return filled + 2;
    }

    private static void insertionSort(long[] pairs) {
        for (int i = 2; i < pairs.length; i += 2) {
            long high = pairs[i];
            long low = pairs[i + 1];
            int j = i;
            while (j > 0 && after(pairs[j - 2], pairs[j - 1], high, low)) {
                pairs[j] = pairs[j - 2];
                pairs[j + 1] = pairs[j - 1];
                j -= 2;
            }
            pairs[j] = high;
            pairs[j + 1] = low;
        }
    }

    private static boolean after(long high, long low, long otherHigh, long otherLow) {
        int order = Long.compareUnsigned(high, otherHigh);
        return order > 0 || (order == 0 && Long.compareUnsigned(low, otherLow) > 0);
    }
}
