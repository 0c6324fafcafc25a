package io.bifocal.infra.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Events of a web shop as a real one sends them: most of them now, some out of order by seconds, some late by hours, some
 * twice, some malformed, and more in the evening than at night. The same seed and times give the same events.
 */
public final class ShopEvents {
    private static final double MALFORMED = 0.003;
    private static final double DUPLICATE = 0.01;
    private static final double LATE = 0.02;
    private static final Duration LATEST = Duration.ofHours(36);
    private static final Duration OUT_OF_ORDER = Duration.ofSeconds(3);
    private static final int REMEMBERED = 500;
    private static final int USERS = 4_000;
    private static final JsonMapper JSON = new JsonMapper();

    private static final String[] COUNTRIES = {"DE", "FR", "GB", "NL", "AT", "ES", "IT", "PL", "SE", "US"};
    private static final int[] COUNTRY_WEIGHTS = {30, 18, 14, 9, 7, 6, 6, 4, 3, 3};
    private static final String[] DEVICES = {"phone", "desktop", "tablet"};
    private static final int[] DEVICE_WEIGHTS = {62, 30, 8};
    private static final String[] ACTIONS = {"view", "cart", "order"};
    private static final int[] ACTION_WEIGHTS = {88, 8, 4};

    private record Product(String name, String category, int cents) {}

    private static final List<Product> PRODUCTS = List.of(
            new Product("Reading glasses", "glasses", 2495),
            new Product("Bifocal glasses", "glasses", 18900),
            new Product("Sunglasses", "glasses", 7990),
            new Product("Glasses case", "accessories", 1250),
            new Product("Cleaning cloth", "accessories", 399),
            new Product("Neck cord", "accessories", 799),
            new Product("Field binoculars", "optics", 22900),
            new Product("Pocket magnifier", "optics", 1999),
            new Product("Star telescope", "optics", 64900),
            new Product("Desk lamp", "light", 4450),
            new Product("Book light", "light", 1590),
            new Product("Lantern", "light", 3499));

    private final Random random;
    private final String prefix;
    private final Deque<byte[]> recent = new ArrayDeque<>();
    private long count;

    /** @param prefix of the events' ids, so that two streams never share one */
    public ShopEvents(long seed, String prefix) {
        this.random = new Random(seed);
        this.prefix = prefix;
    }

    /** The next record's payload, at a moment of the stream. */
    public byte[] next(Instant now) {
        double luck = random.nextDouble();
        if (luck < MALFORMED) {
            return malformed(now);
        }
        if (luck < MALFORMED + DUPLICATE && !recent.isEmpty()) {
            return new ArrayList<>(recent).get(random.nextInt(recent.size()));
        }
        byte[] payload = bytes(event(eventTime(now)));
        remember(payload);
        return payload;
    }

    /** How many events a second a moment of the day brings: a quiet night, a busy evening, and some minutes' swell. */
    public static double perSecond(Instant now) {
        double hour = now.atOffset(ZoneOffset.UTC).toLocalTime().toSecondOfDay() / 3600.0;
        double day = Math.cos((hour - 19) / 24 * 2 * Math.PI);
        double swell = Math.sin(now.getEpochSecond() / 90.0 * 2 * Math.PI);
        return 150 + 35 * day + 15 * swell;
    }

    /** A moment of the last day, more likely when it is busy: for a history to begin with. */
    public Instant earlier(Instant now) {
        while (true) {
            Instant moment =
                    now.minusSeconds(random.nextInt((int) Duration.ofDays(1).toSeconds()));
            if (random.nextDouble() * 200 < perSecond(moment)) {
                return moment;
            }
        }
    }

    private Instant eventTime(Instant now) {
        if (random.nextDouble() < LATE) {
            return now.minusMillis((long) (random.nextDouble() * random.nextDouble() * LATEST.toMillis()));
        }
        return now.minusMillis((long) (random.nextDouble() * OUT_OF_ORDER.toMillis()));
    }

    private ObjectNode event(Instant at) {
        int user = (int) Math.min(USERS - 1.0, Math.abs(random.nextGaussian()) * USERS / 3);
        Product product = PRODUCTS.get((int) (Math.pow(random.nextDouble(), 1.6) * PRODUCTS.size()));
        // A user keeps country and device, or visitors of two countries would add up to more than all.
        Random traits = new Random(user * 7_919L);
        ObjectNode event = JSON.createObjectNode()
                .put("event_id", prefix + "-" + count++)
                .put("at", at.toString())
                .put("action", pick(random, ACTIONS, ACTION_WEIGHTS));
        ObjectNode who = event.putObject("user").put("id", "u" + user);
        String country = pick(traits, COUNTRIES, COUNTRY_WEIGHTS);
        // Some visitors hide where they are: null is a value of its own.
        who.put("country", traits.nextInt(50) == 0 ? null : country);
        who.put("device", pick(traits, DEVICES, DEVICE_WEIGHTS));
        event.putObject("product")
                .put("name", product.name())
                .put("category", product.category())
                .put("price", product.cents() / 100 + "." + String.format("%02d", product.cents() % 100));
        return event.put("quantity", 1 + (random.nextInt(6) == 0 ? random.nextInt(4) : 0));
    }

    private byte[] malformed(Instant now) {
        ObjectNode event = event(now);
        return switch (random.nextInt(3)) {
            case 0 -> event.toString().substring(0, 20 + random.nextInt(60)).getBytes(StandardCharsets.UTF_8);
            case 1 -> bytes(event.without("at"));
            default -> bytes(event.put("quantity", "a few"));
        };
    }

    private void remember(byte[] payload) {
        recent.addLast(payload);
        if (recent.size() > REMEMBERED) {
            recent.removeFirst();
        }
    }

    private static String pick(Random random, String[] values, int[] weights) {
        int total = 0;
        for (int weight : weights) {
            total += weight;
        }
        int at = random.nextInt(total);
        for (int i = 0; i < values.length; i++) {
            at -= weights[i];
            if (at < 0) {
                return values[i];
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    private static byte[] bytes(ObjectNode event) {
        return event.toString().getBytes(StandardCharsets.UTF_8);
    }
}
