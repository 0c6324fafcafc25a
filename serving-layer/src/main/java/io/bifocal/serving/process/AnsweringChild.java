package io.bifocal.serving.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A child that answers every line on its stdin with a line on its stdout. It is started when it is asked, and ended when it
 * has not been for a while: what makes its first answer slow need not be done for each, nor kept for ever.
 */
public final class AnsweringChild implements AutoCloseable {
    private final Supplier<ProcessBuilder> command;
    private final Duration patience;
    private final Duration idle;
    private final ScheduledExecutorService timer;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Process process;
    private Writer requests;
    private BufferedReader answers;
    private Future<?> end;

    /**
     * @param name of the thread that watches it
     * @param command that starts it
     * @param patience with one answer
     * @param idle how long it is kept after an answer
     */
    public AnsweringChild(String name, Supplier<ProcessBuilder> command, Duration patience, Duration idle) {
        this.command = command;
        this.patience = patience;
        this.idle = idle;
        this.timer = Daemon.timer(name);
    }

    /** Asks, after those who asked before; empty where the child ended, or took too long and was ended. */
    public Optional<String> ask(String line) {
        asking.lock();
        try {
            return answer(line);
        } finally {
            asking.unlock();
        }
    }

    private Optional<String> answer(String line) {
        if (end != null) {
            end.cancel(false);
        }
        if (process == null || !process.isAlive()) {
            start();
        }
        Process asked = process;
        Future<?> kill = timer.schedule(() -> asked.destroyForcibly(), patience.toMillis(), TimeUnit.MILLISECONDS);
        try {
            requests.write(line + "\n");
            requests.flush();
            return Optional.ofNullable(answers.readLine());
        } catch (IOException gone) {
            return Optional.empty();
        } finally {
            kill.cancel(false);
            end = timer.schedule(this::end, idle.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void start() {
        try {
            process = command.get()
                    .redirectInput(ProcessBuilder.Redirect.PIPE)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** DANGER: waits for nobody, for the same thread is to end a child that does not answer. */
    private void end() {
        if (asking.tryLock()) {
            try {
                process.destroy();
            } finally {
                asking.unlock();
            }
        }
    }

    /** Ends the child, whoever waits for its answer. */
    @Override
    public void close() {
        timer.shutdownNow();
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }
}
