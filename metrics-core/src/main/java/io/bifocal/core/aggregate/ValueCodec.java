package io.bifocal.core.aggregate;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The bytes of one value of a known type, in keys and in states alike. docs/VIEWS.md is their specification. */
public final class ValueCodec {
    private ValueCodec() {}

    /** Writes a value, never null, of the Java type that {@link ValueType} names. */
    public static void write(ValueType type, Object value, StateWriter out) {
        switch (type.kind()) {
            case STRING -> out.writeString((String) value);
            case LONG -> out.writeLong((Long) value);
            case DOUBLE -> out.writeDouble((Double) value);
            case DECIMAL ->
                out.writeBytes(((BigDecimal) value)
                        .setScale(type.scale())
                        .unscaledValue()
                        .toByteArray());
            case BOOLEAN -> out.writeByte((Boolean) value ? 1 : 0);
            case TIMESTAMP -> out.writeLong(micros((Instant) value));
        }
    }

    public static Object read(ValueType type, StateReader in) {
        return switch (type.kind()) {
            case STRING -> in.readString();
            case LONG -> in.readLong();
            case DOUBLE -> in.readDouble();
            case DECIMAL -> new BigDecimal(new BigInteger(in.readBytes()), type.scale());
            case BOOLEAN -> in.readByte() != 0;
            case TIMESTAMP -> instant(in.readLong());
        };
    }

    static long micros(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
