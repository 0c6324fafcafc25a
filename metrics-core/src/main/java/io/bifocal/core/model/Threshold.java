package io.bifocal.core.model;

import java.util.Optional;

/**
 * What must not be exceeded, or somebody is told.
 *
 * @param metric that it is for; empty where it is for the model, or for each of its metrics that has none of its own
 * @param limit in the unit of what is measured ({@link AlertKind}); the limit itself is no alert yet
 */
public record Threshold(AlertKind alert, Optional<String> metric, double limit) {}
