package io.bifocal.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HashSet128Test {
    private static final long SEED = 7;

    @Test
    void holdsWhatAPlainSetHolds() {
        Random random = new Random(SEED);
        HashSet128 set = new HashSet128();
        Set<String> plain = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            long high = random.nextBoolean() ? random.nextLong() : -1L - random.nextInt(50);
            long low = random.nextInt(50);
            set.add(high, low);
            plain.add(high + " " + Math.max(low, high == 0 ? 1 : 0));
        }
        assertThat(set.size()).as("seed %d", SEED).isEqualTo(plain.size());
    }

    @Test
    void writesEqualSetsAlikeAndSorted() {
        Random random = new Random(SEED);
        long[] highs = random.longs(3_000)
                .map(high -> random.nextInt(3) == 0 ? high | 0xFFFL << 52 : high)
                .toArray();
        HashSet128 forward = new HashSet128();
        HashSet128 backward = new HashSet128();
        for (int i = 0; i < highs.length; i++) {
            forward.add(highs[i], i);
            backward.add(highs[highs.length - 1 - i], highs.length - 1 - i);
        }
        byte[] bytes = bytes(forward);
        assertThat(bytes(backward)).isEqualTo(bytes);
        StateReader in = new StateReader(bytes);
        long last = 0;
        for (long left = in.readUnsigned(); left > 0; left--) {
            long high = in.readFixedLong();
            assertThat(Long.compareUnsigned(high, last)).isNotNegative();
            last = high;
            in.readFixedLong();
        }
        assertThat(bytes(HashSet128.decode(new StateReader(bytes)))).isEqualTo(bytes);
    }

    @Test
    void keepsTheHashThatLooksLikeAnEmptySlot() {
        HashSet128 set = new HashSet128();
        set.add(0, 0);
        set.add(0, 0);
        assertThat(set.size()).isEqualTo(1);
    }

    private static byte[] bytes(HashSet128 set) {
        StateWriter out = new StateWriter();
        set.encode(out);
        return out.toByteArray();
    }
}
