package io.bifocal.core.error;

import java.util.Map;

/** The one factory of faults: a code, what is wrong and why, what would mend it, and the values involved. */
public final class Errors {
    private Errors() {}

    public static BifocalException of(ErrorCode code, String problem, String remedy) {
        return of(code, problem, remedy, Map.of());
    }

    public static BifocalException of(ErrorCode code, String problem, String remedy, Map<String, ?> values) {
        return new BifocalException(code, problem, remedy, values, null);
    }

    public static BifocalException of(ErrorCode code, String problem, String remedy, Throwable cause) {
        return new BifocalException(code, problem, remedy, Map.of(), cause);
    }
}
