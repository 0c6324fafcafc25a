package io.bifocal.serving.prometheus;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A condition on a label, as Prometheus means it: a label that is absent is an empty text, and expressions match whole values.
 *
 * @param equal the one value that matches; empty where others may
 */
record Matcher(String label, Optional<String> equal, Predicate<String> test) {
    /** The label that holds a metric's name. */
    static final String NAME = "__name__";

    /** @throws io.bifocal.core.error.BifocalException BAD_QUERY for a regular expression that is none */
    static Matcher of(String label, String operator, String value) {
        return switch (operator) {
            case "=" -> new Matcher(label, Optional.of(value), value::equals);
            case "!=" -> new Matcher(label, Optional.empty(), text -> !text.equals(value));
            case "=~" -> new Matcher(label, Optional.empty(), pattern(value)::matches);
            default -> new Matcher(label, Optional.empty(), Predicate.not(pattern(value)::matches));
        };
    }

    boolean matches(String value) {
        return test.test(value);
    }

    /** RE2, as in Prometheus: no expression takes more than linear time. */
    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException broken) {
            throw Errors.of(
                    ErrorCode.BAD_QUERY,
                    "The regular expression " + text + " is broken: " + broken.getDescription() + ".",
                    "Write it in RE2's syntax.",
                    broken);
        }
    }
}
