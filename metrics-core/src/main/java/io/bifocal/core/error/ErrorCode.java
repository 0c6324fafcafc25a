package io.bifocal.core.error;

/** Every fault that a user can meet, by its stable name, with what kind of fault it is. Codes are never reused. */
public enum ErrorCode {
    BAD_REQUEST(Kind.MALFORMED),
    BAD_MODEL(Kind.INVALID),
    UNKNOWN_NAME(Kind.INVALID),
    BAD_QUERY(Kind.INVALID),
    NO_ROLLUP(Kind.INVALID),
    TOO_EXPENSIVE(Kind.INVALID),
    NOT_FOUND(Kind.MISSING),
    NOT_EXACT(Kind.CONFLICT),
    TOO_STALE(Kind.CONFLICT),
    DEFINITION_CHANGED(Kind.CONFLICT),
    REFUSED(Kind.CONFLICT),
    GONE(Kind.GONE),
    UNAVAILABLE(Kind.UNAVAILABLE),
    DEADLINE(Kind.UNAVAILABLE),
    PORT_IN_USE(Kind.CONFLICT),
    ALREADY_RUNNING(Kind.CONFLICT),
    BAD_CONFIG(Kind.INVALID),
    JOB_FAILED(Kind.INTERNAL),
    INTERNAL(Kind.INTERNAL);

    /** What went wrong in general; the serving layer turns it into an HTTP status. */
    public enum Kind {
        MALFORMED,
        INVALID,
        MISSING,
        CONFLICT,
        GONE,
        UNAVAILABLE,
        INTERNAL
    }

    private final Kind kind;

    ErrorCode(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
