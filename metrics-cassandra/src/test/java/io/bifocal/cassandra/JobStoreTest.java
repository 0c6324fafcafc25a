package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.job.Job;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class JobStoreTest {
    private static final Instant NOW = Instant.parse("2010-12-31T23:59:59Z");
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final CassandraConnection connection = TestConnection.shared();
    private final JobStore store = at(NOW);
    private final String model = TestConnection.uniqueName();

    @Test
    void givesBackAllThatAJobSays() {
        Job job =
                store.create(Job.Type.RECOMPUTE, model, Map.of("full", true, "from", "2010-12-01"), Optional.of(model));
        assertThat(store.find(job.id())).contains(job);
        assertThat(job.state()).isEqualTo(Job.State.QUEUED);
        assertThat(store.find("nothing")).isEmpty();
        assertThat(store.find("20101231T235959000-00000000")).isEmpty();
    }

    @Test
    void createsOneJobForOneIdempotencyKey() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Job>> created = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                created.add(threads.submit(() -> create(Optional.of(model))));
            }
            List<String> ids = new ArrayList<>();
            for (Future<Job> each : created) {
                ids.add(each.get().id());
            }
            assertThat(ids).containsOnly(ids.get(0));
            assertThat(mine(store.newest(100))).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void listsTheNewestFirstOverTheTurnOfTheYear() {
        Job old = create(Optional.empty());
        Job recent = at(NOW.plusSeconds(10)).create(Job.Type.REPLAY, model, Map.of(), Optional.empty());
        assertThat(mine(at(NOW.plusSeconds(20)).newest(1_000)))
                .extracting(Job::id)
                .containsExactly(recent.id(), old.id());
        assertThat(at(NOW.plusSeconds(20)).newest(1)).hasSize(1);
    }

    @Test
    void isClaimedByOneOfMany() throws Exception {
        Job job = create(Optional.empty());
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<Boolean>> claims = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String owner = "owner-" + i;
                claims.add(
                        threads.submit(() -> store.claim(job.id(), owner, LEASE).isPresent()));
            }
            int won = 0;
            for (Future<Boolean> claim : claims) {
                won += claim.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void isTakenOverOnceTheLeaseRanOut() {
        Job job = create(Optional.empty());
        assertThat(store.claim(job.id(), "a", LEASE)).isPresent();
        assertThat(store.claim(job.id(), "b", LEASE)).isEmpty();
        assertThat(at(NOW.plusSeconds(20)).renew(job.id(), "a", LEASE, 0.5, "half"))
                .hasValueSatisfying(renewed -> assertThat(renewed.progress()).isEqualTo(0.5));
        JobStore later = at(NOW.plusSeconds(60));
        assertThat(later.claim(job.id(), "b", LEASE)).isPresent();
        assertThat(later.renew(job.id(), "a", LEASE, 0.6, "more")).isEmpty();
        assertThat(later.finish(job.id(), "a", Job.State.SUCCEEDED, Optional.empty(), Map.of()))
                .isEmpty();
        assertThat(later.finish(job.id(), "b", Job.State.SUCCEEDED, Optional.empty(), Map.of("generation", 3)))
                .hasValueSatisfying(done -> {
                    assertThat(done.state()).isEqualTo(Job.State.SUCCEEDED);
                    assertThat(done.progress()).isEqualTo(1);
                    assertThat(done.result()).containsEntry("generation", 3);
                });
        assertThat(later.claim(job.id(), "b", LEASE)).isEmpty();
    }

    @Test
    void isCancelledAtOnceWhileQueuedAndByItsOwnerWhileRunning() {
        Job queued = create(Optional.empty());
        assertThat(store.requestCancel(queued.id()).orElseThrow().state()).isEqualTo(Job.State.CANCELLED);
        assertThat(store.requestCancel(queued.id())).isEmpty();

        Job running = create(Optional.empty());
        store.claim(running.id(), "a", LEASE);
        Job told = store.requestCancel(running.id()).orElseThrow();
        assertThat(told.state()).isEqualTo(Job.State.RUNNING);
        assertThat(told.cancelRequested()).isTrue();
        assertThat(store.renew(running.id(), "a", LEASE, 0.1, "").orElseThrow().cancelRequested())
                .isTrue();
    }

    @Test
    void isNotCancelledOnceItCannotBeTakenBack() {
        Job job = create(Optional.empty());
        store.claim(job.id(), "a", LEASE);
        assertThat(store.pass(job.id(), "b")).isEmpty();
        assertThat(store.pass(job.id(), "a").orElseThrow().irrevocable()).isTrue();
        assertThat(store.requestCancel(job.id())).isEmpty();
        assertThat(store.find(job.id()).orElseThrow().cancelRequested()).isFalse();

        // Whoever takes it over has published nothing yet.
        JobStore later = at(NOW.plusSeconds(60));
        later.claim(job.id(), "b", LEASE);
        assertThat(later.requestCancel(job.id()).orElseThrow().cancelRequested())
                .isTrue();
        assertThat(later.pass(job.id(), "b")).isEmpty();
    }

    @Test
    void anErasureThatHasBegunIsNeverCancelled() {
        Job erasure =
                store.create(Job.Type.ERASE, "shop", Map.of("column", "email", "value", "a@b.c"), Optional.empty());
        store.claim(erasure.id(), "a", LEASE);
        store.pass(erasure.id(), "a");
        JobStore later = at(NOW.plusSeconds(60));
        assertThat(later.requestCancel(erasure.id())).isEmpty();
        later.claim(erasure.id(), "b", LEASE);
        assertThat(later.requestCancel(erasure.id())).isEmpty();
    }

    @Test
    void saysWhyItWaitsUntilItIsClaimed() {
        Job job = create(Optional.empty());
        assertThat(store.explain(job.id(), "no room").orElseThrow().message()).isEqualTo("no room");
        Job claimed = store.claim(job.id(), "a", LEASE).orElseThrow();
        assertThat(claimed.message()).isEqualTo("starting");
        assertThat(store.explain(job.id(), "no room")).isEmpty();
        assertThat(store.find(job.id())).contains(claimed);
    }

    @Test
    void knowsWhatIsUnfinished() {
        Job queued = create(Optional.empty());
        Job running = create(Optional.empty());
        Job done = create(Optional.empty());
        store.claim(running.id(), "a", LEASE);
        store.claim(done.id(), "a", LEASE);
        store.finish(done.id(), "a", Job.State.FAILED, Optional.of("no disk"), Map.of());
        assertThat(mine(store.unfinished())).extracting(Job::id).containsExactlyInAnyOrder(queued.id(), running.id());
    }

    private JobStore at(Instant now) {
        return new JobStore(connection, Clock.fixed(now, ZoneOffset.UTC));
    }

    private Job create(Optional<String> key) {
        return store.create(Job.Type.RECOMPUTE, model, Map.of(), key);
    }

    private List<Job> mine(List<Job> jobs) {
        return jobs.stream().filter(job -> job.model().equals(model)).toList();
    }
}
