package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Asks for one count again and again, whole and by dimensions of two rollups, and holds each answer against the one before and
 * against Kafka's own offsets.
 */
final class AnswerWatch implements AutoCloseable {
    private static final int SERVER_ERROR = 500;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Platform platform;
    private final String model;
    private final String metric;
    private final List<String> questions;
    private final Admin admin;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final AtomicLong last = new AtomicLong();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /**
     * Begins.
     *
     * @param dimensions each asked for alone, in turn, beside the count of everything
     * @param pause between an answer and the next question
     */
    AnswerWatch(Platform platform, String model, String metric, List<String> dimensions, Duration pause) {
        this.platform = platform;
        this.model = model;
        this.metric = metric;
        this.questions = IntStream.rangeClosed(0, dimensions.size())
                .mapToObj(i -> "{\"model\":\"" + model + "\",\"metrics\":[\"" + metric + "\"]"
                        + (i == 0 ? "}" : ",\"dimensions\":[\"" + dimensions.get(i - 1) + "\"]}"))
                .toList();
        Properties properties = new Properties();
        properties.put("bootstrap.servers", platform.bootstrapServers());
        properties.put("default.api.timeout.ms", "5000");
        properties.put("request.timeout.ms", "2000");
        this.admin = Admin.create(properties);
        Future<?> unused = timer.scheduleWithFixedDelay(this::watch, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void watch() {
        try {
            String question = questions.get((int) ((answers.get() + refused.get()) % questions.size()));
            long count = count(question);
            long before = last.getAndSet(count);
            if (count < before) {
                violations.add("an answer fell from " + before + " to " + count + ": " + question);
            }
            answers.incrementAndGet();
            long held = held();
            if (held >= 0 && count > held) {
                violations.add("an answer counts " + count + ", Kafka holds " + held + ": " + question);
            }
        } catch (IOException unavailable) {
            refused.incrementAndGet();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error bug) {
            violations.add("an answer cannot be checked: " + bug);
        }
    }

    /** The sum over all rows of an answer. */
    private long count(String question) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(platform.url() + "/api/v1/query"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(question))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= SERVER_ERROR) {
            throw new IOException(response.body());
        }
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = Platform.parse(response.body());
        assertThat(answer.at("/meta/partial").asBoolean()).as(response.body()).isFalse();
        long sum = 0;
        for (JsonNode row : answer.get("data")) {
            sum += row.get(metric).longValue();
        }
        return sum;
    }

    /** What Kafka holds, read after the answer; -1 where Kafka does not say. */
    long held() throws InterruptedException {
        try {
            int partitions = admin.describeTopics(List.of(model))
                    .allTopicNames()
                    .get(5, TimeUnit.SECONDS)
                    .get(model)
                    .partitions()
                    .size();
            return admin
                    .listOffsets(IntStream.range(0, partitions)
                            .boxed()
                            .collect(Collectors.toMap(p -> new TopicPartition(model, p), p -> OffsetSpec.latest())))
                    .all()
                    .get(5, TimeUnit.SECONDS)
                    .values()
                    .stream()
                    .mapToLong(offset -> offset.offset())
                    .sum();
        } catch (ExecutionException | TimeoutException dead) {
            return -1;
        }
    }

    /** What the last answer counted. */
    long last() {
        return last.get();
    }

    /** Waits until answers count some more events. */
    void awaitMore(long events) {
        long goal = last.get() + events;
        await("answers to grow by " + events).atMost(Duration.ofMinutes(5)).until(() -> last.get() >= goal);
    }

    void assertNoViolation() {
        assertThat(violations).isEmpty();
    }

    String summary() {
        return answers.get() + " answers, " + refused.get() + " refused, last count " + last.get();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        admin.close(Duration.ofSeconds(1));
    }
}
