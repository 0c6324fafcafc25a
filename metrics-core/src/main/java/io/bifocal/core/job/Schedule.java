package io.bifocal.core.job;

import java.util.Map;

/**
 * A job that is to be created again and again.
 *
 * @param name unique
 * @param job what to create each time, as {@code POST /jobs} takes it: {@code type}, {@code model}, and the spec
 * @param cron minute, hour, day of month, month, day of week
 * @param zone in which {@code cron} is read
 */
public record Schedule(String name, Map<String, Object> job, String cron, String zone, boolean enabled) {}
