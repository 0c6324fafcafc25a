package io.bifocal.serving.prometheus;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads the part of PromQL that is answered here:
 *
 * <pre>
 * expression = number *("+" number) / selector
 * selector   = name ["{" matchers "}"] / "{" matchers "}"
 * matchers   = [matcher *("," matcher) [","]]
 * matcher    = label ("=" / "!=" / "=~" / "!~") string
 * </pre>
 *
 * Functions, operators and ranges are refused: they would aggregate finished numbers, which for all but sums gives wrong ones.
 */
final class ExpressionParser {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern OPERATOR = Pattern.compile("=~|!~|!=|=");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private final String text;
    private int at;

    private ExpressionParser(String text) {
        this.text = text;
    }

    /** @throws BifocalException BAD_QUERY for anything else */
    static Expression parse(String text) {
        ExpressionParser parser = new ExpressionParser(text);
        parser.skipSpace();
        Expression expression = parser.looksAt(NUMBER) ? new Expression.Scalar(parser.sum()) : parser.selector();
        if (parser.at < text.length()) {
            throw parser.unexpected();
        }
        return expression;
    }

    /** @throws BifocalException BAD_QUERY for anything but a selector */
    static Expression.Selector parseSelector(String text) {
        if (parse(text) instanceof Expression.Selector selector) {
            return selector;
        }
        throw Errors.of(ErrorCode.BAD_QUERY, text + " selects no series.", "Write name{label=\"value\"}.");
    }

    private double sum() {
        double sum = Double.parseDouble(take(NUMBER));
        while (skip('+')) {
            sum += Double.parseDouble(take(NUMBER));
        }
        return sum;
    }

    private Expression.Selector selector() {
        List<Matcher> matchers = new ArrayList<>();
        if (looksAt(NAME)) {
            matchers.add(Matcher.of(Matcher.NAME, "=", take(NAME)));
        }
        if (skip('{')) {
            while (!skip('}')) {
                matchers.add(Matcher.of(take(LABEL), take(OPERATOR), string()));
                if (!skip(',') && !looksAt('}')) {
                    throw unexpected();
                }
            }
        }
        if (matchers.isEmpty()) {
            throw unexpected();
        }
        return new Expression.Selector(matchers);
    }

    private String string() {
        char quote = at < text.length() ? text.charAt(at) : ' ';
        if (quote != '"' && quote != '\'' && quote != '`') {
            throw unexpected();
        }
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length() && text.charAt(at) != quote; at++) {
            char c = text.charAt(at);
            value.append(c == '\\' && quote != '`' ? escaped() : c);
        }
        if (at == text.length()) {
            throw unexpected();
        }
        at++;
        skipSpace();
        return value.toString();
    }

    private char escaped() {
        at++;
        char c = at < text.length() ? text.charAt(at) : ' ';
        return switch (c) {
            case '\\', '"', '\'' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            default -> throw unexpected();
        };
    }

    private boolean looksAt(Pattern token) {
        return token.matcher(text).region(at, text.length()).lookingAt();
    }

    private boolean looksAt(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private String take(Pattern token) {
        java.util.regex.Matcher matcher = token.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw unexpected();
        }
        at = matcher.end();
        skipSpace();
        return matcher.group();
    }

    private boolean skip(char c) {
        if (!looksAt(c)) {
            return false;
        }
        at++;
        skipSpace();
        return true;
    }

    private void skipSpace() {
        java.util.regex.Matcher matcher = SPACE.matcher(text).region(at, text.length());
        at = matcher.lookingAt() ? matcher.end() : at;
    }

    private BifocalException unexpected() {
        String where = at < text.length() ? "\"" + text.substring(at) + "\"" : "the end";
        return Errors.of(
                ErrorCode.BAD_QUERY,
                "Cannot read the query at " + where + ".",
                "Only a metric by its name is answered here, as in model_metric{dimension=\"value\"}, without"
                        + " functions and operators: a metric of the model says how it is aggregated.");
    }
}
