package io.bifocal.core.view;

import io.bifocal.core.aggregate.Aggregate;
import io.bifocal.core.aggregate.StateReader;
import io.bifocal.core.aggregate.StateWriter;
import io.bifocal.core.aggregate.ValueCodec;
import io.bifocal.core.model.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bytes of keys and states. docs/VIEWS.md is their specification. */
public final class RowCodec {
    /** Of one state in one row; Cassandra refuses mutations of 16 MiB, and pages of rows are held in memory. */
    static final int MOST_BYTES = 1 << 20;

    private RowCodec() {}

    /** Writes dimension values, null where the event has none. */
    public static byte[] encodeKey(List<ValueType> types, Object[] values) {
        StateWriter out = new StateWriter();
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            out.writeByte(value == null ? 0 : 1);
            if (value != null) {
                ValueCodec.write(types.get(i), value, out);
            }
        }
        return out.toByteArray();
    }

    public static Object[] decodeKey(List<ValueType> types, byte[] key) {
        StateReader in = new StateReader(key);
        Object[] values = new Object[types.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readByte() == 0 ? null : ValueCodec.read(types.get(i), in);
        }
        return values;
    }

    /** Writes the states of a row, one an aggregate, in their order. */
    public static byte[] encodeStates(List<Aggregate<?>> aggregates, Object[] states) {
        StateWriter out = new StateWriter();
        StateWriter one = new StateWriter();
        for (int i = 0; i < states.length; i++) {
            Aggregate<Object> aggregate = at(aggregates, i);
            one.reset();
            aggregate.encode(states[i], one);
            out.writeByte(aggregate.id()).writeByte(aggregate.stateVersion()).writeBytes(one.toByteArray());
        }
        return out.toByteArray();
    }

    public static Object[] decodeStates(List<Aggregate<?>> aggregates, byte[] bytes) {
        boolean[] all = new boolean[aggregates.size()];
        Arrays.fill(all, true);
        return decodeStates(aggregates, bytes, all);
    }

    /** Reads the states that are wanted and skips the rest, which stay null. */
    public static Object[] decodeStates(List<Aggregate<?>> aggregates, byte[] bytes, boolean[] wanted) {
        StateReader in = new StateReader(bytes);
        Object[] states = new Object[aggregates.size()];
        for (int i = 0; i < states.length; i++) {
            Aggregate<Object> aggregate = at(aggregates, i);
            int id = in.readByte();
            int version = in.readByte();
            if (id != aggregate.id() || version > aggregate.stateVersion()) {
                throw new IllegalStateException("state " + i + " has id " + id + " version " + version + ", expected "
                        + aggregate.id() + " version " + aggregate.stateVersion() + " or earlier");
            }
            if (wanted[i]) {
                states[i] = aggregate.decode(new StateReader(in.readBytes()), version);
            } else {
                in.skip(Math.toIntExact(in.readUnsigned()));
            }
        }
        return states;
    }

    /**
     * States of a row as those of several, which a reader that merges rows of equal keys puts together again, so that no row is
     * larger than a store can take; mostly it is the row itself.
     */
    public static List<byte[]> split(List<Aggregate<?>> aggregates, byte[] states) {
        if (states.length <= MOST_BYTES) {
            return List.of(states);
        }
        Object[] whole = decodeStates(aggregates, states);
        List<Object[]> pieces = new ArrayList<>();
        for (int i = 0; i < whole.length; i++) {
            Aggregate<Object> aggregate = at(aggregates, i);
            List<Object> split = aggregate.split(whole[i], MOST_BYTES);
            while (pieces.size() < split.size()) {
                pieces.add(new Object[whole.length]);
            }
            for (int piece = 0; piece < split.size(); piece++) {
                pieces.get(piece)[i] = split.get(piece);
            }
        }
        for (Object[] piece : pieces) {
            for (int i = 0; i < piece.length; i++) {
                piece[i] = piece[i] == null ? at(aggregates, i).zero() : piece[i];
            }
        }
        return pieces.stream().map(piece -> encodeStates(aggregates, piece)).toList();
    }

    /** Where among a view's shards a key is stored. */
    public static int shard(byte[] key, int shards) {
        return shards == 1 ? 0 : Math.floorMod(spread(Arrays.hashCode(key)), shards);
    }

    /** MurmurHash3's last step: the hash of bytes alone says little but the last byte where shards divide 31. */
    private static int spread(int hash) {
        int mixed = (hash ^ (hash >>> 16)) * 0x85eb_ca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2_ae35;
        return mixed ^ (mixed >>> 16);
    }

    /** An aggregate by its place, ready to be applied to the state of the same place. */
    @SuppressWarnings("unchecked") // states and aggregates of one view are made in the same order
    public static Aggregate<Object> at(List<Aggregate<?>> aggregates, int index) {
        return (Aggregate<Object>) aggregates.get(index);
    }
}
