package io.bifocal.simulator;

import io.bifocal.core.cut.Manifest;
import io.bifocal.core.cut.ManifestStore;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * The manifest's row, as Cassandra keeps it, with a pause before and after each operation. A request to change it may time out,
 * and have taken effect, or take it at any later moment, or never.
 */
final class SimulatedManifests implements ManifestStore {
    private static final int REQUESTS_PER_DOUBT = 12;
    private static final int DOUBTS_PER_OUTAGE = 8;

    private record Request(Manifest current, Manifest next, UUID stamp) {}

    private final Random random;
    private final Scheduler scheduler;
    private final boolean doubt;
    private final Set<Rule> off;
    private final Map<Integer, UUID> stamps = new HashMap<>();
    private final List<Request> underWay = new ArrayList<>();
    private Manifest stored;

    /** @param doubt whether requests time out */
    SimulatedManifests(Random random, Scheduler scheduler, boolean doubt, Set<Rule> off) {
        this.random = random;
        this.scheduler = scheduler;
        this.doubt = doubt;
        this.off = off;
    }

    @Override
    public Optional<Manifest> read(String model) {
        scheduler.pause();
        arrive();
        Optional<Manifest> manifest = Optional.ofNullable(stored);
        scheduler.pause();
        return manifest;
    }

    @Override
    public boolean create(Manifest manifest) {
        scheduler.pause();
        if (stored != null) {
            return false;
        }
        stored = manifest;
        return true;
    }

    @Override
    public boolean replace(Manifest current, Manifest next) {
        if (off.contains(Rule.COMPARE_AND_SET)) {
            scheduler.pause();
            stored = next;
            return true;
        }
        ManifestRow row = new ManifestRow(current, next);
        UUID stamp = new UUID(random.nextLong(), random.nextLong());
        return off.contains(Rule.DOUBT_IS_RESOLVED)
                ? row.propose(current.version(), next.version(), stamp)
                : CertainReplacement.replace(row, current.version(), next.version(), stamp);
    }

    private boolean apply(Request request) {
        if (stored.version() != request.current().version()) {
            return false;
        }
        stored = request.next();
        stamps.put(CertainReplacement.slot(stored.version()), request.stamp());
        return true;
    }

    /** What was sent long ago, and was thought to be lost. */
    private void arrive() {
        if (!underWay.isEmpty() && random.nextInt(4) == 0) {
            apply(underWay.remove(random.nextInt(underWay.size())));
        }
    }

    private final class ManifestRow implements CertainReplacement.Row {
        private final Manifest current;
        private final Manifest next;

        ManifestRow(Manifest current, Manifest next) {
            this.current = current;
            this.next = next;
        }

        @Override
        public boolean propose(long currentVersion, long nextVersion, UUID stamp) {
            scheduler.pause();
            Request request = new Request(current, next, stamp);
            if (doubt && random.nextInt(REQUESTS_PER_DOUBT) == 0) {
                timeOut(request);
                scheduler.pause();
                return false;
            }
            boolean applied = apply(request);
            scheduler.pause();
            return applied;
        }

        private void timeOut(Request request) {
            switch (random.nextInt(3)) {
                case 0 -> apply(request);
                case 1 -> underWay.add(request);
                default -> {} // it never gets there
            }
            if (random.nextInt(DOUBTS_PER_OUTAGE) == 0) {
                throw Errors.of(ErrorCode.UNAVAILABLE, "The simulated store is away.", "Try again.");
            }
        }

        @Override
        public CertainReplacement.Settled settled() {
            scheduler.pause();
            arrive();
            CertainReplacement.Settled settled = new CertainReplacement.Settled(stored.version(), Map.copyOf(stamps));
            scheduler.pause();
            return settled;
        }
    }
}
