package io.bifocal.reconciliation;

import io.bifocal.core.view.RowCodec;
import io.bifocal.core.view.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All rows of one bucket and one combination of dimensions, by side. */
public final class Cell {
    private final long bucket;
    private final byte[] key;
    private final Map<Side, List<byte[]>> states = new EnumMap<>(Side.class);

    /** @param key as {@link RowCodec} writes it */
    public Cell(long bucket, byte[] key) {
        this.bucket = bucket;
        this.key = key;
    }

    /** Adds a row's states, as {@link RowCodec} writes them. */
    public Cell add(Side side, byte[] encoded) {
        states.computeIfAbsent(side, s -> new ArrayList<>()).add(encoded);
        return this;
    }

    long bucket() {
        return bucket;
    }

    byte[] key() {
        return key;
    }

    boolean has(Side side) {
        return states.containsKey(side);
    }

    /** Whether it is what it was, to the byte; under one definition, nothing has moved then. */
    boolean unchanged() {
        List<byte[]> base = states.getOrDefault(Side.BASE, List.of());
        List<byte[]> after = states.getOrDefault(Side.AFTER, List.of());
        return !has(Side.LIVE) && base.size() == 1 && after.size() == 1 && Arrays.equals(base.get(0), after.get(0));
    }

    /** The merged states of some sides; null where none has a row. */
    Object[] merged(View view, Side... sides) {
        Object[] merged = null;
        for (Side side : sides) {
            for (byte[] encoded : states.getOrDefault(side, List.of())) {
                Object[] more = RowCodec.decodeStates(view.aggregates(), encoded);
                if (merged == null) {
                    merged = more;
                } else {
                    for (int i = 0; i < more.length; i++) {
                        merged[i] = RowCodec.at(view.aggregates(), i).merge(merged[i], more[i]);
                    }
                }
            }
        }
        return merged;
    }
}
