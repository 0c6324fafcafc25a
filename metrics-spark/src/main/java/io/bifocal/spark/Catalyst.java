package io.bifocal.spark;

import io.bifocal.core.model.ValueType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Function0;

/** Between the platform's types and values and Catalyst's, and the one configuration under which expressions mean something. */
final class Catalyst {
    private Catalyst() {}

    /** Runs with the fixed meaning of expressions: UTC, ANSI (errors are errors), names with their case; whatever the session's. */
    static <T> T fixed(Supplier<T> work) {
        SQLConf conf = new SQLConf();
        conf.setConfString("spark.sql.session.timeZone", "UTC");
        conf.setConfString("spark.sql.ansi.enabled", "true");
        conf.setConfString("spark.sql.caseSensitive", "true");
        Function0<T> function = work::get;
        return SQLConf.withExistingConf(conf, function);
    }

    static DataType type(ValueType type) {
        return switch (type.kind()) {
            case STRING -> DataTypes.StringType;
            case LONG -> DataTypes.LongType;
            case DOUBLE -> DataTypes.DoubleType;
            case DECIMAL -> DataTypes.createDecimalType(type.precision(), type.scale());
            case BOOLEAN -> DataTypes.BooleanType;
            case TIMESTAMP -> DataTypes.TimestampType;
        };
    }

    /**
     * The type in which an expression's result is kept, into which Catalyst casts it: whole numbers are longs, floats are
     * doubles, and dates are strings (yyyy-MM-dd). Empty where there is none.
     */
    static Optional<ValueType> kept(DataType type) {
        if (type instanceof DecimalType decimal) {
            return Optional.of(ValueType.decimal(decimal.precision(), decimal.scale()));
        }
        if (type instanceof ByteType
                || type instanceof ShortType
                || type instanceof IntegerType
                || type instanceof LongType) {
            return Optional.of(ValueType.LONG);
        }
        if (type instanceof FloatType || type instanceof DoubleType) {
            return Optional.of(ValueType.DOUBLE);
        }
        if (type instanceof StringType || type instanceof DateType) {
            return Optional.of(ValueType.STRING);
        }
        if (type instanceof BooleanType) {
            return Optional.of(ValueType.BOOLEAN);
        }
        return type instanceof TimestampType ? Optional.of(ValueType.TIMESTAMP) : Optional.empty();
    }

    /** A column's Java value as Catalyst holds it. */
    static Object internal(ValueType type, Object value) {
        if (value == null) {
            return null;
        }
        return switch (type.kind()) {
            case STRING -> UTF8String.fromString((String) value);
            case LONG, DOUBLE, BOOLEAN -> value;
            case DECIMAL -> Decimal.apply((BigDecimal) value, type.precision(), type.scale());
            case TIMESTAMP -> IsoTime.micros((Instant) value);
        };
    }

    /**
     * What Catalyst computed, as a Java value.
     *
     * @throws MalformedException where it is a double for which answers have no number
     */
    static Object external(ValueType type, Object value) {
        if (value == null) {
            return null;
        }
        return switch (type.kind()) {
            case STRING -> value.toString();
            case LONG, BOOLEAN -> value;
            case DOUBLE -> finite((Double) value);
            case DECIMAL -> ((Decimal) value).toJavaBigDecimal().setScale(type.scale());
            case TIMESTAMP -> IsoTime.instant((Long) value);
        };
    }

    private static Double finite(double value) {
        if (!Double.isFinite(value)) {
            throw new MalformedException("the result is " + value + ", not a finite number");
        }
        return value + 0.0; // -0.0 and 0.0 are one value
    }
}
