package io.bifocal.serving.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.config.Config;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.serving.alert.Notices.Notice;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Tells one receiver of alerts, in Alertmanager's form. Nobody waits for it: what it does not take is due at the next look again.
 */
final class Webhook {
    private static final Logger LOG = Logger.getLogger(Webhook.class);
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int STATUSES_PER_CLASS = 100;
    private static final int SUCCESS = 2;

    private final HttpRequest.Builder template;
    private final String host;
    private final String externalUrl;
    private final Duration repeat;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient client = HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .connectTimeout(CONNECT_PATIENCE)
            .build();
    private final Map<String, Notices> byModel = new ConcurrentHashMap<>();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean failing = new AtomicBoolean();

    private Webhook(URI url, String externalUrl, Duration repeat) {
        this.template = HttpRequest.newBuilder(url).timeout(PATIENCE).header("Content-Type", "application/json");
        this.host = url.getHost();
        this.externalUrl = externalUrl;
        this.repeat = repeat;
    }

    /**
     * The one that is configured, if any.
     *
     * @throws io.bifocal.core.error.BifocalException BAD_CONFIG where its address is none
     */
    static Optional<Webhook> of(Config config) {
        if (!config.has(Config.Key.ALERTS_WEBHOOK)) {
            return Optional.empty();
        }
        String external = config.has(Config.Key.ALERTS_EXTERNAL_URL)
                ? config.text(Config.Key.ALERTS_EXTERNAL_URL)
                : "http://" + config.text(Config.Key.HTTP_HOST) + ":" + config.text(Config.Key.HTTP_PORT);
        Duration repeat = Duration.ofMinutes(config.number(Config.Key.ALERTS_REPEAT_MINUTES));
        try {
            URI url = URI.create(config.text(Config.Key.ALERTS_WEBHOOK));
            return Optional.of(new Webhook(url, external.replaceFirst("/+$", ""), repeat));
        } catch (IllegalArgumentException notAnAddress) {
            // It is not quoted, for such addresses hold secrets.
            throw Errors.of(
                    ErrorCode.BAD_CONFIG,
                    "alerts.webhook is not the address of a web server.",
                    "Give it as http://host:port/path or https://…, or leave it empty.");
        }
    }

    /** Sends what is due of a model, unless something of it is still on its way. */
    void look(String model, Collection<Alert> alerts, Instant now) {
        if (underWay.contains(model)) {
            return;
        }
        Notices notices = byModel.computeIfAbsent(model, absent -> new Notices(repeat));
        List<Notice> due = notices.due(alerts, now);
        if (due.isEmpty()) {
            return;
        }
        HttpRequest request = request(model, due);
        underWay.add(model);
        CompletableFuture<Void> unused = client.sendAsync(request, BodyHandlers.discarding())
                .thenAccept(response -> {
                    if (response.statusCode() / STATUSES_PER_CLASS == SUCCESS) {
                        notices.told(due, now);
                    }
                    note(response);
                })
                .exceptionally(failure -> {
                    note(String.valueOf(failure.getCause() == null ? failure : failure.getCause()));
                    return null;
                })
                .whenComplete((done, failure) -> underWay.remove(model));
    }

    private HttpRequest request(String model, List<Notice> due) {
        try {
            return template.copy()
                    .POST(BodyPublishers.ofString(json.writeValueAsString(AlertMessage.of(model, due, externalUrl))))
                    .build();
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void note(HttpResponse<?> response) {
        if (response.statusCode() / STATUSES_PER_CLASS != SUCCESS) {
            note("it answers " + response.statusCode());
        } else if (failing.compareAndSet(true, false)) {
            LOG.info("The receiver of alerts at " + host + " takes them again.");
        }
    }

    private void note(String why) {
        if (failing.compareAndSet(false, true)) {
            LOG.warn("The receiver of alerts at " + host + " does not take them: " + why
                    + ". It is tried again; alerts.webhook says where it is.");
        }
    }
}
