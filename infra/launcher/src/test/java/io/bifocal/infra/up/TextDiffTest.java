package io.bifocal.infra.up;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextDiffTest {
    @Test
    void equalTextsDifferInNothing() {
        assertThat(TextDiff.lines("a\nb\nc\nd\n", "a\nb\nc\nd\n")).isEmpty();
        assertThat(TextDiff.lines("", "")).isEmpty();
    }

    @Test
    void showsAChangedLineWithItsNeighbours() {
        assertThat(TextDiff.lines("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nD\ne\nf\n"))
                .containsExactly("...", "  c", "- d", "+ D", "  e", "...");
    }

    @Test
    void showsLinesThatComeAndGoAtTheEnds() {
        assertThat(TextDiff.lines("a\nb\nc\n", "b\nc\nd\n")).containsExactly("- a", "  b", "  c", "+ d");
    }
}
