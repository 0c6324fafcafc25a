package io.bifocal.serving.alert;

import io.bifocal.serving.alert.Notices.Notice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Prometheus' Alertmanager sends to a webhook, version 4, with a group for each model:
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config. Its names are that page's.
 */
record AlertMessage(
        String version,
        String groupKey,
        long truncatedAlerts,
        String status,
        String receiver,
        Map<String, String> groupLabels,
        Map<String, String> commonLabels,
        Map<String, String> commonAnnotations,
        String externalURL,
        List<Item> alerts) {
    private static final String FIRING = "firing";
    private static final String RESOLVED = "resolved";
    /** How Alertmanager writes that there is no end yet. */
    private static final String NO_END = "0001-01-01T00:00:00Z";

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final byte SEPARATOR = (byte) 0xff;

    /** One alert of the group. */
    record Item(
            String status,
            SortedMap<String, String> labels,
            SortedMap<String, String> annotations,
            String startsAt,
            String endsAt,
            String generatorURL,
            String fingerprint) {}

    /** @param platformUrl where this platform is found */
    static AlertMessage of(String model, List<Notice> notices, String platformUrl) {
        List<Item> items =
                notices.stream().map(notice -> item(model, notice, platformUrl)).toList();
        boolean firing = items.stream().anyMatch(item -> item.status().equals(FIRING));
        return new AlertMessage(
                "4",
                "{}:{model=\"" + model + "\"}",
                0,
                firing ? FIRING : RESOLVED,
                "bifocal",
                Map.of("model", model),
                common(items.stream().map(Item::labels).toList()),
                common(items.stream().map(Item::annotations).toList()),
                platformUrl,
                items);
    }

    private static Item item(String model, Notice notice, String platformUrl) {
        Alert alert = notice.alert();
        SortedMap<String, String> labels = new TreeMap<>();
        String kind = alert.threshold().alert().text();
        labels.put("alertname", "Bifocal" + kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1));
        labels.put("model", model);
        alert.threshold().metric().ifPresent(metric -> labels.put("metric", metric));
        labels.put("severity", AlertText.severity(alert.threshold().alert()));
        SortedMap<String, String> annotations = new TreeMap<>(Map.of(
                "summary", AlertText.summary(model, alert),
                "description", AlertText.description(model, alert),
                "runbook", AlertText.RUNBOOK));
        return new Item(
                notice.endsAt().isPresent() ? RESOLVED : FIRING,
                labels,
                annotations,
                notice.startsAt().toString(),
                notice.endsAt().map(Object::toString).orElse(NO_END),
                platformUrl + "/api/v1/models/" + model + "/alerts",
                fingerprint(labels));
    }

    /** What all have, with the same value. */
    private static SortedMap<String, String> common(List<SortedMap<String, String>> each) {
        SortedMap<String, String> common = new TreeMap<>(each.get(0));
        each.forEach(other -> common.entrySet().retainAll(other.entrySet()));
        return common;
    }

    /** As Prometheus computes it, so that the same alert from several processes is one: FNV-1a over names and values. */
    static String fingerprint(SortedMap<String, String> labels) {
        long hash = FNV_OFFSET;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            hash = add(add(hash, label.getKey()), label.getValue());
        }
        return "%016x".formatted(hash);
    }

    private static long add(long hash, String text) {
        long sum = hash;
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            sum = add(sum, each);
        }
        return add(sum, SEPARATOR);
    }

    private static long add(long hash, byte each) {
        return (hash ^ (each & 0xff)) * FNV_PRIME;
    }
}
