package io.bifocal.infra.up;

import io.bifocal.core.model.Definition;
import java.nio.file.Path;

/** A model file that was found right. */
public record ModelSeed(Path file, Definition definition) {}
