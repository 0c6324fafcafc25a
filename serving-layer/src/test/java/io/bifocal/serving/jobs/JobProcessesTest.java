package io.bifocal.serving.jobs;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.UUID;

@QuarkusTest
class JobProcessesTest extends JobRunnerContract {
    private final String name = UUID.randomUUID().toString();

    @Inject
    JobProcesses processes;

    @Override
    JobRunner runner() {
        return processes;
    }

    @Override
    String dying() {
        return "dying-" + name;
    }

    @Override
    String slow() {
        return "slow-" + name;
    }
}
