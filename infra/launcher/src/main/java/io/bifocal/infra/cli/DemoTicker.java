package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Tells every second what the shop's numbers are, and what becomes of them; and asks for a batch now and then, so that one
 * sees it at work.
 */
final class DemoTicker {
    private static final Duration FIRST_BATCH = Duration.ofSeconds(60);
    /** After the one before has ended: jobs of whoever tries the demo wait for it. */
    private static final Duration NEXT_BATCH = Duration.ofMinutes(4);

    private static final long TICK_MILLIS = 1_000;
    private static final JsonNode QUERY = QueryDocument.of(
            "shop",
            List.of("events", "orders", "revenue", "visitors"),
            List.of(),
            new QueryDocument.Time(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty());

    private final Api api;
    private final Progress progress;
    private final LongSupplier published;
    private final BooleanSupplier over;
    private boolean counting;
    private long nextBatchNanos;
    private String job = "";

    /** @param over whether the platform is being stopped */
    DemoTicker(Api api, Progress progress, LongSupplier published, BooleanSupplier over) {
        this.api = api;
        this.progress = progress;
        this.published = published;
        this.over = over;
    }

    void start() {
        Thread thread = new Thread(this::run, "ticker");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        nextBatchNanos = System.nanoTime() + FIRST_BATCH.toNanos();
        while (!over.getAsBoolean()) {
            if (job.isEmpty() && System.nanoTime() - nextBatchNanos > 0) {
                attempt(this::recompute);
            }
            attempt(this::tick);
            Patience.pause(TICK_MILLIS);
        }
    }

    /** A part that restarts is no reason to end the show. */
    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException away) {
            if (!over.getAsBoolean()) {
                progress.ticker("the API is away: " + away.getMessage());
            }
        }
    }

    private void recompute() {
        JsonNode request = Api.JSON.createObjectNode().put("type", "recompute").put("model", "shop");
        job = api.post("/jobs", request, UUID.randomUUID().toString())
                .path("id")
                .asText();
        progress.say("Now a batch recomputes the shop exactly from the archive, as it would every night: job " + job);
    }

    private void tick() {
        JsonNode answer = api.post("/query", QUERY);
        JsonNode row = answer.path("data").path(0);
        if (row.isMissingNode()) {
            progress.ticker(String.format(
                    Locale.ROOT, "%,d published; the first of them are being counted", published.getAsLong()));
            return;
        }
        if (!counting) {
            counting = true;
            progress.say("Events are counted moments after they arrive. The numbers are provisional: visitors"
                    + " are estimated (~), and the shop's retries count twice.");
        }
        String batch = batch(answer.path("meta"));
        progress.ticker(line(published.getAsLong(), row, answer.path("meta")) + batch);
    }

    static String line(long published, JsonNode row, JsonNode meta) {
        return String.format(
                Locale.ROOT,
                "%,d published  %,d counted  %,d orders  %,.2f EUR  %s%,d visitors  %s%s",
                published,
                row.path("events").asLong(),
                row.path("orders").asLong(),
                row.path("revenue").decimalValue(),
                row.path("estimates").has("visitors") ? "~" : "",
                row.path("visitors").asLong(),
                row.path("status").asText(),
                exactThrough(meta).map(time -> ", exact through " + time).orElse(""));
    }

    /** How far the batch is; at its end, what it brought about. */
    private String batch(JsonNode meta) {
        if (job.isEmpty()) {
            return "";
        }
        JsonNode state = api.get("/jobs/" + Api.segment(job));
        String name = state.path("state").asText();
        if (name.equals("QUEUED") || name.equals("RUNNING")) {
            String message = state.path("message").asText("");
            return String.format(
                    Locale.ROOT,
                    "  [batch %.0f %%%s]",
                    100 * state.path("progress").asDouble(),
                    message.isEmpty() ? "" : ": " + message);
        }
        if (name.equals("SUCCEEDED")) {
            progress.say("Generation " + meta.path("generation").asLong() + " is in force: all that had arrived by "
                    + exactThrough(meta).orElse("its cut")
                    + " is exact, each event once. What arrives later is counted on"
                    + " top, so a total is mixed.");
        } else {
            progress.say("The batch " + job + " has " + name.toLowerCase(Locale.ROOT) + ": "
                    + Printer.text(state.path("error")));
        }
        job = "";
        nextBatchNanos = System.nanoTime() + NEXT_BATCH.toNanos();
        return "";
    }

    private static Optional<String> exactThrough(JsonNode meta) {
        return meta.hasNonNull("exactThrough")
                ? Optional.of(meta.path("exactThrough").asText().replaceAll("^.*T|\\.\\d+|Z$", "") + " UTC")
                : Optional.empty();
    }
}
