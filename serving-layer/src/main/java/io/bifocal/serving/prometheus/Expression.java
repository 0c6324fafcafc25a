package io.bifocal.serving.prometheus;

import java.util.List;
import java.util.Optional;

/** What may be asked: a number, or the series that a selector names. */
sealed interface Expression {
    /** The sum of some numbers; clients ask {@code 1+1} to see whether anybody answers. */
    record Scalar(double value) implements Expression {}

    /** The series of all metrics whose name matches, by the labels that are named. */
    record Selector(List<Matcher> matchers) implements Expression {
        List<Matcher> names() {
            return matchers.stream()
                    .filter(matcher -> matcher.label().equals(Matcher.NAME))
                    .toList();
        }

        /** Of labels other than the name. */
        List<Matcher> conditions() {
            return matchers.stream()
                    .filter(matcher -> !matcher.label().equals(Matcher.NAME))
                    .toList();
        }

        /** The one metric that is asked for by name, where it is one. */
        Optional<String> name() {
            return names().stream().flatMap(matcher -> matcher.equal().stream()).findFirst();
        }
    }
}
