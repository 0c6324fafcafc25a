package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.cassandra.CassandraConnection;
import io.bifocal.cassandra.JobStore;
import io.bifocal.cassandra.ModelCatalog;
import io.bifocal.core.config.Config;
import io.bifocal.core.cut.Positions;
import io.bifocal.core.job.Job;
import io.bifocal.core.job.JobForm;
import io.bifocal.core.model.Definition;
import io.bifocal.infra.local.LocalCassandra;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class JobRequestProcessTest {
    @Test
    void asksOncePerKeyAndModelThatHasRecords() {
        CassandraConnection cassandra = CassandraConnection.shared(
                Config.of(Map.of("cassandra.contact-points", LocalCassandra.contactPoint()), Map.of()));
        JobStore jobs = new JobStore(cassandra, Clock.systemUTC());
        ModelCatalog models = new ModelCatalog(cassandra, Clock.systemUTC());
        Definition busy = Shop.definition();
        Definition idle = Shop.definition();
        Definition withoutTopic = Shop.definition();
        List.of(busy, idle, withoutTopic).forEach(models::put);
        Local.createTopic(busy.model().name(), 1);
        Local.publish(busy.model().name(), 1, List.of("{}", "{}"));
        Local.createTopic(idle.model().name(), 1);
        JobForm form = JobForm.parse("recompute", Map.of("promote", "false", "from", "2026-01-01", "to", ""));
        String key = UUID.randomUUID().toString();

        try (Admin kafka = Admin.create(Map.copyOf(Local.kafka()))) {
            JobRequestProcess process = new JobRequestProcess(jobs, models, kafka);
            List<String> ids = process.ask(key, form, JobForm.EVERY_MODEL);

            List<Job> asked =
                    ids.stream().map(id -> jobs.find(id).orElseThrow()).toList();
            Job job = asked.stream()
                    .filter(each -> each.model().equals(busy.model().name()))
                    .findFirst()
                    .orElseThrow();
            assertThat(job.type()).isEqualTo(Job.Type.RECOMPUTE);
            assertThat(job.spec())
                    .containsEntry("promote", false)
                    .containsEntry("from", "2026-01-01")
                    .doesNotContainKey("to");
            assertThat(new JobSpec(job.spec()).positions().minus(Positions.NONE))
                    .isEqualTo(2);
            assertThat(asked)
                    .extracting(Job::model)
                    .doesNotContain(idle.model().name(), withoutTopic.model().name());
            assertThat(process.ask(key, form, JobForm.EVERY_MODEL)).isEqualTo(ids);
            assertThatThrownBy(() -> process.ask(key, form, "nobodys")).hasMessageContaining("no model nobodys");
        }
    }

    @Test
    void readsFieldsAsTheirTypeHasThem() {
        Map<String, String> fields = JobRequestProcess.fields(List.of("generation=3"));
        assertThat(JobForm.parse("rollback", fields).spec()).isEqualTo(Map.of("generation", 3L));
        assertThatThrownBy(() -> JobRequestProcess.fields(List.of("full"))).hasMessage("full is no field of a job.");
    }
}
