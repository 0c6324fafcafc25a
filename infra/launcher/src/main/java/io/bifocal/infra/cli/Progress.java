package io.bifocal.infra.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** Tells how far long work is: a bar that redraws itself on a terminal, else a line every few seconds. */
final class Progress implements AutoCloseable {
    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final Duration NEXT_LINE = Duration.ofSeconds(5);
    private static final int WIDTH = 30;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private long nextNanos = System.nanoTime();
    private String drawn = "";

    Progress(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** Draws if it is time to; {@code fraction} is 0 to 1. Costs next to nothing when it is not. */
    void at(double fraction, Supplier<String> detail) {
        long now = System.nanoTime();
        if (now - nextNanos < 0) {
            return;
        }
        nextNanos = now + (terminal ? REDRAW : NEXT_LINE).toNanos();
        draw(line(fraction, detail.get()));
    }

    /** One line in the place of the one before, without a bar. */
    void ticker(String line) {
        long now = System.nanoTime();
        if (terminal || now - nextNanos >= 0) {
            nextNanos = now + NEXT_LINE.toNanos();
            draw(line);
        }
    }

    /** A line of its own, above the bar. */
    void say(String line) {
        if (terminal && !drawn.isEmpty()) {
            err.print(CLEAR);
        }
        err.println(line);
        err.print(terminal ? drawn : "");
        err.flush();
    }

    /** Leaves the last state on the screen. */
    void finish(String detail) {
        draw(line(1, detail));
        close();
    }

    @Override
    public void close() {
        if (terminal && !drawn.isEmpty()) {
            err.println();
            err.flush();
        }
        drawn = "";
    }

    private void draw(String line) {
        if (terminal) {
            err.print(CLEAR + line);
        } else {
            err.println(line);
        }
        err.flush();
        drawn = line;
    }

    private static String line(double fraction, String detail) {
        double within = Math.max(0, Math.min(1, fraction));
        int filled = (int) Math.round(within * WIDTH);
        return "[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] "
                + String.format(Locale.ROOT, "%3d %%  %s", Math.round(within * 100), detail);
    }
}
