package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import org.apache.datasketches.common.ArrayOfItemsSerDe;
import org.apache.datasketches.memory.Memory;

/** Values within images of DataSketches: as {@link ValueCodec} writes them, one after the other. */
final class ItemsCodec extends ArrayOfItemsSerDe<Object> {
    private final ValueType type;

    ItemsCodec(ValueType type) {
        this.type = type;
    }

    @Override
    public byte[] serializeToByteArray(Object item) {
        return serializeToByteArray(new Object[] {item});
    }

    @Override
    public byte[] serializeToByteArray(Object[] items) {
        StateWriter out = new StateWriter();
        for (Object item : items) {
            ValueCodec.write(type, item, out);
        }
        return out.toByteArray();
    }

    @Override
    public Object[] deserializeFromMemory(Memory memory, long offset, int count) {
        StateReader in = reader(memory, offset);
        Object[] items = new Object[count];
        for (int i = 0; i < count; i++) {
            items[i] = ValueCodec.read(type, in);
        }
        return items;
    }

    @Override
    public int sizeOf(Object item) {
        return serializeToByteArray(item).length;
    }

    @Override
    public int sizeOf(Memory memory, long offset, int count) {
        StateReader in = reader(memory, offset);
        for (int i = 0; i < count; i++) {
            ValueCodec.read(type, in);
        }
        return in.position();
    }

    @Override
    public String toString(Object item) {
        return String.valueOf(item);
    }

    @Override
    public Class<Object> getClassOfT() {
        return Object.class;
    }

    private static StateReader reader(Memory memory, long offset) {
        byte[] bytes = new byte[Math.toIntExact(memory.getCapacity() - offset)];
        memory.getByteArray(offset, bytes, 0, bytes.length);
        return new StateReader(bytes);
    }
}
