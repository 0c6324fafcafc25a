package io.bifocal.serving.alert;

import java.time.Instant;

/**
 * What an alert is about, as a number.
 *
 * @param at when it was measured: seen again with the same time, it says nothing new
 */
public record Measured(double value, Instant at) {}
