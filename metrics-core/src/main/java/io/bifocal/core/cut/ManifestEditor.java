package io.bifocal.core.cut;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.time.Clock;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/** Applies transitions to a model's manifest, again on top of whatever others did meanwhile, until stored or refused. */
public final class ManifestEditor {
    private final ManifestStore store;
    private final Clock clock;
    private final RandomGenerator random;

    public ManifestEditor(ManifestStore store, Clock clock) {
        this(store, clock, PartId.RANDOM);
    }

    /** @param random of which part ids are made: it must never repeat itself, here or in another process */
    public ManifestEditor(ManifestStore store, Clock clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /** A new part id, born at a manifest's version. */
    public String newPart(String prefix, Manifest manifest) {
        return PartId.next(prefix, manifest.version(), random);
    }

    public Manifest read(String model) {
        return store.read(model)
                .orElseThrow(() -> Errors.of(
                        ErrorCode.NOT_FOUND, "Model " + model + " has no manifest.", "Apply the model first."));
    }

    /** Creates the manifest of a model that has none, and returns the one in force. */
    public Manifest readOrCreate(String model, String definition) {
        return store.read(model).orElseGet(() -> {
            store.create(Manifest.initial(model, definition, clock.instant()));
            return read(model);
        });
    }

    /**
     * Applies a transition and returns the manifest that holds it. A transition that returns its argument changes nothing.
     *
     * @throws Refused as the transition does
     */
    public Manifest apply(String model, BiFunction<Manifest, Instant, Manifest> transition) {
        return apply(read(model), transition);
    }

    /** The same, trying {@code known} first, which may be out of date: a run's own last commit saves it a read. */
    public Manifest apply(Manifest known, BiFunction<Manifest, Instant, Manifest> transition) {
        Manifest current = known;
        boolean fresh = false;
        while (true) {
            Manifest next;
            try {
                next = transition.apply(current, clock.instant());
            } catch (Refused refused) {
                if (fresh) {
                    throw refused;
                }
                current = read(known.model());
                fresh = true;
                continue;
            }
            if (next.version() == current.version() || store.replace(current, next)) {
                return next;
            }
            current = read(known.model());
            fresh = true;
        }
    }
}
