package io.bifocal.cassandra;

import java.time.Instant;
import java.util.Map;

/**
 * What a part of the platform says about itself, for {@code status}.
 *
 * @param part speed, archiver …
 * @param model that it works on; empty where it speaks of itself as a whole
 * @param status JSON names and values
 */
public record PartHeartbeat(String part, String model, Instant at, Map<String, Object> status) {}
