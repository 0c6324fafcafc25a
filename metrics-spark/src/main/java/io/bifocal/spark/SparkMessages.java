package io.bifocal.spark;

/** Spark's error messages as people want to read them. */
final class SparkMessages {
    private SparkMessages() {}

    /** What went wrong, without the error class, the SQL state, the full stop and the picture of the query. */
    static String firstSentence(Throwable fault) {
        String message = fault.getMessage() == null ? fault.toString() : fault.getMessage();
        String line =
                message.lines().filter(each -> !each.isBlank()).findFirst().orElse(message);
        return line.replaceFirst("^\\[[A-Z0-9_.]+\\] ", "")
                .replaceFirst(" SQLSTATE: \\w+.*$", "")
                .replaceFirst("; line \\d+ pos \\d+;?$", "")
                .strip()
                .replaceFirst("\\.+$", "");
    }
}
