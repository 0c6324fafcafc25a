package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Asks for one count without pause, and holds each answer against the one before and against Kafka's own offsets. */
final class AnswerWatch implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Platform platform;
    private final String model;
    private final String metric;
    private final Admin admin;
    private final Thread thread = new Thread(this::watch, "answer-watch");
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final AtomicLong last = new AtomicLong();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean closed;

    AnswerWatch(Platform platform, String model, String metric) {
        this.platform = platform;
        this.model = model;
        this.metric = metric;
        Properties properties = new Properties();
        properties.put("bootstrap.servers", platform.bootstrapServers());
        properties.put("default.api.timeout.ms", "5000");
        properties.put("request.timeout.ms", "2000");
        this.admin = Admin.create(properties);
        thread.start();
    }

    private void watch() {
        while (!closed) {
            try {
                long count = count();
                long before = last.getAndSet(count);
                if (count < before) {
                    violations.add("an answer fell from " + before + " to " + count);
                }
                answers.incrementAndGet();
                long held = held();
                if (held >= 0 && count > held) {
                    violations.add("an answer counts " + count + ", Kafka holds " + held);
                }
            } catch (java.io.IOException | IllegalStateException unavailable) {
                refused.incrementAndGet();
            } catch (InterruptedException interrupted) {
                return;
            }
        }
    }

    private long count() throws java.io.IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(platform.url() + "/api/v1/query"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"" + model + "\",\"metrics\":[\"" + metric + "\"]}"))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(response.body());
        }
        JsonNode data = Platform.parse(response.body()).get("data");
        return data.isEmpty() ? 0 : data.get(0).get(metric).longValue();
    }

    /** What Kafka holds, read after the answer; -1 where Kafka does not say. */
    private long held() throws InterruptedException {
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
        closed = true;
        thread.interrupt();
        admin.close(Duration.ofSeconds(1));
    }
}
