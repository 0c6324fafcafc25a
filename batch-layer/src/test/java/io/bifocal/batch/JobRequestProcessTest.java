package io.bifocal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobRequestProcessTest {
    @Test
    void readsFieldsAndLeavesOutThoseWithoutAValue() {
        assertThat(JobRequestProcess.fields(List.of("promote=false", "from=2026-01-01", "to=")))
                .isEqualTo(Map.of("promote", false, "from", "2026-01-01"));
        assertThatThrownBy(() -> JobRequestProcess.fields(List.of("full"))).hasMessage("full is no field of a job.");
    }
}
