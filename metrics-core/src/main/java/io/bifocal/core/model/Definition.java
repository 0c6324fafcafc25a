package io.bifocal.core.model;

import java.util.Map;

/**
 * A model whose expressions have been analysed: all that any layer needs to aggregate, merge and answer, with no Spark. It
 * is stored with the model, so that what is computed and what is served cannot differ in meaning. {@code View.of} gives its
 * views.
 *
 * @param dimensionTypes the type of each dimension, by name
 * @param inputTypes the type of each simple metric's {@code expr}, by metric; a count of events has none
 */
public record Definition(Model model, Map<String, ValueType> dimensionTypes, Map<String, ValueType> inputTypes) {}
