package io.bifocal.spark;

/** Leaves the parsing of one record; its message is the reason for people. Made without a stack: it is no fault of code. */
final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedException(String reason) {
        super(reason, null, false, false);
    }
}
