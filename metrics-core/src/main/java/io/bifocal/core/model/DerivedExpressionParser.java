package io.bifocal.core.model;

import io.bifocal.core.model.Arithmetic.Operator;
import io.bifocal.core.model.DerivedExpression.Binary;
import io.bifocal.core.model.DerivedExpression.Name;
import io.bifocal.core.model.DerivedExpression.Negation;
import io.bifocal.core.model.DerivedExpression.SyntaxException;
import io.bifocal.core.model.DerivedExpression.Term;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the arithmetic of derived metrics by recursive descent. */
final class DerivedExpressionParser {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern NUMBER =
            Pattern.compile("(\\d{1,30}(\\.\\d{0,30})?|\\.\\d{1,30})([eE][+-]?\\d{1,3})?");

    /** Long texts would exhaust the stack, here and when they are evaluated. */
    private static final int MAX_CHARACTERS = 2_000;

    private final String text;
    private int at;

    DerivedExpressionParser(String text) {
        this.text = text;
    }

    Term parse() {
        if (text.length() > MAX_CHARACTERS) {
            throw new SyntaxException("it has more than " + MAX_CHARACTERS + " characters");
        }
        Term term = sum();
        if (at < text.length()) {
            throw unexpected("an operator (+ - * /)");
        }
        return term;
    }

    private Term sum() {
        Term left = product();
        while (true) {
            if (take('+')) {
                left = new Binary(Operator.ADD, left, product());
            } else if (take('-')) {
                left = new Binary(Operator.SUBTRACT, left, product());
            } else {
                return left;
            }
        }
    }

    private Term product() {
        Term left = factor();
        while (true) {
            if (take('*')) {
                left = new Binary(Operator.MULTIPLY, left, factor());
            } else if (take('/')) {
                left = new Binary(Operator.DIVIDE, left, factor());
            } else {
                return left;
            }
        }
    }

    private Term factor() {
        if (take('-')) {
            return new Negation(factor());
        }
        if (take('(')) {
            Term inner = sum();
            if (!take(')')) {
                throw unexpected("`)`");
            }
            return inner;
        }
        Matcher name = here(NAME);
        if (name.lookingAt()) {
            at = name.end();
            skipSpace();
            return new Name(name.group());
        }
        Matcher number = here(NUMBER);
        if (number.lookingAt()) {
            at = number.end();
            skipSpace();
            return DerivedExpression.constant(number.group());
        }
        throw unexpected("a metric, a number or `(`");
    }

    private Matcher here(Pattern pattern) {
        return pattern.matcher(text).region(at, text.length());
    }

    private boolean take(char symbol) {
        skipSpace();
        if (at < text.length() && text.charAt(at) == symbol) {
            at++;
            skipSpace();
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private SyntaxException unexpected(String expected) {
        String found = at < text.length() ? "found `" + text.charAt(at) + "` at character " + (at + 1) : "it ends";
        return new SyntaxException("expected " + expected + ", but " + found);
    }
}
