package io.bifocal.spark;

/** An expression that cannot be used: what is wrong, and what would be right. */
final class ExpressionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    ExpressionException(String problem, String remedy) {
        super(problem, null, false, false);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
