package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Tells every second what the shop's numbers are, and asks for a batch now and then, so that one sees it at work. */
final class DemoTicker {
    private static final Duration FIRST_BATCH = Duration.ofSeconds(60);
    private static final Duration NEXT_BATCH = Duration.ofMinutes(4);
    private static final long TICK_MILLIS = 1_000;

    private final Api api;
    private final Progress progress;
    private final LongSupplier published;
    private String job = "";

    DemoTicker(Api api, Progress progress, LongSupplier published) {
        this.api = api;
        this.progress = progress;
        this.published = published;
    }

    void start() {
        Thread thread = new Thread(this::run, "ticker");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        long batchNanos = System.nanoTime() + FIRST_BATCH.toNanos();
        long before = published.getAsLong();
        while (true) {
            Patience.pause(TICK_MILLIS);
            if (System.nanoTime() - batchNanos > 0) {
                batchNanos = System.nanoTime() + NEXT_BATCH.toNanos();
                attempt(this::recompute);
            }
            long now = published.getAsLong();
            long rate = now - before;
            before = now;
            attempt(() -> tick(rate));
        }
    }

    /** A part that restarts is no reason to end the show. */
    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException away) {
            progress.ticker("the API is away: " + away.getMessage());
        }
    }

    private void recompute() {
        JsonNode request = Api.JSON.createObjectNode().put("type", "recompute").put("model", "shop");
        job = api.post("/jobs", request, UUID.randomUUID().toString())
                .path("id")
                .asText();
        progress.say("A batch recomputes the shop exactly: job " + job);
    }

    private void tick(long rate) {
        JsonNode answer = api.post(
                "/query",
                QueryDocument.of(
                        "shop",
                        List.of("events", "orders", "revenue"),
                        List.of(),
                        new QueryDocument.Time(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty()));
        JsonNode row = answer.path("data").path(0);
        progress.ticker(String.format(
                Locale.ROOT,
                "%,d published (%d/s)  %,d counted  %,d orders  %s EUR  %s, generation %d%s",
                published.getAsLong(),
                rate,
                row.path("events").asLong(),
                row.path("orders").asLong(),
                Printer.text(row.path("revenue")),
                row.path("status").asText("nothing yet"),
                answer.path("meta").path("generation").asLong(),
                jobNote()));
    }

    private String jobNote() {
        if (job.isEmpty()) {
            return "";
        }
        JsonNode state = api.get("/jobs/" + Api.segment(job));
        String name = state.path("state").asText();
        if (name.equals("QUEUED") || name.equals("RUNNING")) {
            return String.format(
                    Locale.ROOT, "  batch %.0f %%", 100 * state.path("progress").asDouble());
        }
        progress.say("The batch " + job + " has " + name.toLowerCase(Locale.ROOT) + Printer.text(state.path("error")));
        job = "";
        return "";
    }
}
