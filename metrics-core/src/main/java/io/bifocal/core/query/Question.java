package io.bifocal.core.query;

/** What can be asked: a query, or an earlier answer again. */
public sealed interface Question permits Query, Question.Earlier {
    /**
     * An answer that was given before.
     *
     * @param token as {@link Answer.Meta#answer} named it
     */
    record Earlier(String token) implements Question {}
}
