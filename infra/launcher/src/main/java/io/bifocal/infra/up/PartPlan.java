package io.bifocal.infra.up;

import io.bifocal.infra.local.ServerCommand;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * One part that is to be kept running.
 *
 * @param preparation writes what its process needs, and returns its command line; called once, in the part's own thread
 * @param patience how long it may take to stop before it is killed
 */
record PartPlan(String name, Supplier<ServerCommand> preparation, Duration patience) {}
