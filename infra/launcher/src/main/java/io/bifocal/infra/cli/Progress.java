package io.bifocal.infra.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/** Tells how far long work is: a bar that redraws itself on a terminal; elsewhere a plain line now and then. */
final class Progress implements AutoCloseable {
    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final Duration NEXT_LINE = Duration.ofSeconds(10);
    private static final int WIDTH = 30;
    private static final String CLEAR = "\r\u001b[K";
    /** A line that is wider than the terminal is cut off: wrapped, it could not be replaced. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    private final PrintWriter err;
    private final boolean terminal;
    private long nextNanos;
    private String drawn = "";

    Progress(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
        // Where nobody watches, short work says nothing.
        this.nextNanos = System.nanoTime() + (terminal ? Duration.ZERO : NEXT_LINE).toNanos();
    }

    /** Draws if it is time to; {@code fraction} is 0 to 1. Costs next to nothing when it is not. */
    void at(double fraction, Supplier<String> detail) {
        at(OptionalDouble.of(fraction), detail);
    }

    /** The same; without a fraction, no bar. */
    void at(OptionalDouble fraction, Supplier<String> detail) {
        long now = System.nanoTime();
        if (now - nextNanos < 0) {
            return;
        }
        nextNanos = now + (terminal ? REDRAW : NEXT_LINE).toNanos();
        draw(fraction.isPresent() ? line(fraction.getAsDouble(), detail.get()) : detail.get());
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
    synchronized void say(String line) {
        if (terminal && !drawn.isEmpty()) {
            err.print(CLEAR);
        }
        err.println(line);
        err.print(terminal && !drawn.isEmpty() ? NO_WRAP + drawn + WRAP : "");
        err.flush();
    }

    /** Leaves the last state on a terminal; elsewhere the answer says as much. */
    void finish(String detail) {
        if (terminal) {
            draw(line(1, detail));
        }
        close();
    }

    @Override
    public synchronized void close() {
        if (terminal && !drawn.isEmpty()) {
            err.println();
            err.flush();
        }
        drawn = "";
    }

    private synchronized void draw(String line) {
        if (terminal) {
            err.print(CLEAR + NO_WRAP + line + WRAP);
        } else {
            err.println(line);
        }
        err.flush();
        drawn = line;
    }

    private String line(double fraction, String detail) {
        double within = Math.max(0, Math.min(1, fraction));
        int filled = (int) Math.round(within * WIDTH);
        String bar = terminal ? "[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] " : "";
        return bar + String.format(Locale.ROOT, "%3d %%  %s", Math.round(within * 100), detail);
    }
}
