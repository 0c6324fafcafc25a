package io.bifocal.core.error;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A fault as users see it: its code, what is wrong and why, what to do about it, and the values involved. Create it with
 * {@link Errors}.
 */
public final class BifocalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String remedy;
    private final transient Map<String, Object> values;

    BifocalException(ErrorCode code, String problem, String remedy, Map<String, ?> values, Throwable cause) {
        super(problem, cause);
        this.code = code;
        this.remedy = remedy;
        this.values = new LinkedHashMap<>(values);
    }

    public ErrorCode code() {
        return code;
    }

    public String remedy() {
        return remedy;
    }

    /** The values involved, by name; empty after serialization. */
    public Map<String, Object> values() {
        return values == null ? Map.of() : Map.copyOf(values);
    }
}
