package io.bifocal.core.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ErrorsTest {
    @Test
    void tellsWhatIsWrongAndWhatWouldMendIt() {
        BifocalException fault = Errors.of(
                ErrorCode.NO_ROLLUP, "No rollup has the dimension page.", "Add one.", Map.of("dimension", "page"));

        assertThat(fault).hasMessage("No rollup has the dimension page.").hasNoCause();
        assertThat(fault.code()).isEqualTo(ErrorCode.NO_ROLLUP);
        assertThat(fault.code().kind()).isEqualTo(ErrorCode.Kind.INVALID);
        assertThat(fault.remedy()).isEqualTo("Add one.");
        assertThat(fault.values()).containsExactly(Map.entry("dimension", "page"));
    }

    @Test
    void keepsTheCause() {
        IOException cause = new IOException("closed");

        assertThat(Errors.of(ErrorCode.UNAVAILABLE, "Cassandra does not answer.", "Wait.", cause))
                .hasCause(cause);
    }
}
