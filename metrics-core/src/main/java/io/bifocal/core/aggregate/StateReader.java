package io.bifocal.core.aggregate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link StateWriter} wrote. */
public final class StateReader {
    private final byte[] buffer;
    private int position;

    public StateReader(byte[] buffer) {
        this.buffer = buffer;
    }

    public int readByte() {
        return buffer[position++];
    }

    public long readUnsigned() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = buffer[position++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    public long readLong() {
        long value = readUnsigned();
        return (value >>> 1) ^ -(value & 1);
    }

    public long readFixedLong() {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = (value << 8) | (buffer[position++] & 0xFF);
        }
        return value;
    }

    public double readDouble() {
        return Double.longBitsToDouble(readFixedLong());
    }

    public byte[] readBytes() {
        int length = Math.toIntExact(readUnsigned());
        byte[] bytes = Arrays.copyOfRange(buffer, position, position + length);
        position += length;
        return bytes;
    }

    public String readString() {
        int length = Math.toIntExact(readUnsigned());
        String text = new String(buffer, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }

    public void skip(int bytes) {
        position += bytes;
    }

    public int position() {
        return position;
    }

    public boolean exhausted() {
        return position >= buffer.length;
    }
}
