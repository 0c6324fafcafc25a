package io.bifocal.core.aggregate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes states compactly into a growing buffer: variable-length integers, length-prefixed bytes. See docs/VIEWS.md. */
public final class StateWriter {
    private byte[] buffer = new byte[256];
    private int size;

    public StateWriter writeByte(int value) {
        ensure(1);
        buffer[size++] = (byte) value;
        return this;
    }

    /** Unsigned LEB128; {@code value} must not be negative. */
    public StateWriter writeUnsigned(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
        return this;
    }

    /** Zigzag LEB128. */
    public StateWriter writeLong(long value) {
        return writeUnsigned((value << 1) ^ (value >> 63));
    }

    /** Eight bytes, big-endian. */
    public StateWriter writeFixedLong(long value) {
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
        return this;
    }

    public StateWriter writeDouble(double value) {
        return writeFixedLong(Double.doubleToRawLongBits(value));
    }

    /** Length, then the bytes. */
    public StateWriter writeBytes(byte[] bytes) {
        writeUnsigned(bytes.length);
        ensure(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
        return this;
    }

    public StateWriter writeString(String text) {
        return writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public int size() {
        return size;
    }

    /** Forgets what was written; the buffer is kept. */
    public void reset() {
        size = 0;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }

    private void ensure(int more) {
        if (size + more > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
        }
    }
}
