package io.bifocal.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobFormTest {
    @Test
    void holdsTheFieldsOfItsType() {
        JobForm form = JobForm.of(Map.of(
                "type",
                "replay",
                "model",
                "m",
                "from",
                "2026-01-01",
                "to",
                "2026-01-01T08:00:00Z",
                "toTopic",
                "copy",
                "rate",
                30,
                "by",
                "arrival"));
        assertThat(form.type()).isEqualTo(Job.Type.REPLAY);
        assertThat(form.spec()).containsOnlyKeys("from", "to", "toTopic", "rate", "by");
    }

    @ParameterizedTest
    @CsvSource({
        "recomputed,        x,          1,                     UNKNOWN_NAME, There is no type of job recomputed.",
        "recompute,         form,       2026-01-01,            UNKNOWN_NAME, A job of type recompute has no field form.",
        "recompute,         positions,  2026-01-01,            UNKNOWN_NAME, A job of type recompute has no field positions.",
        "recompute,         from,       yesterday,             BAD_QUERY,    from is yesterday.",
        "recompute,         from,       2026-01-01T00:00:00Z,  BAD_QUERY,    from is 2026-01-01T00:00:00Z.",
        "backfill,          plan,       yes,                   BAD_QUERY,    plan is yes.",
        "rollback,          generation, first,                 BAD_QUERY,    generation is first.",
        "rollback,          generation, 0,                     BAD_QUERY,    generation is 0.",
        "replay,            toTopic,    ..,                    BAD_QUERY,    toTopic is ...",
        "replay,            by,         night,                 BAD_QUERY,    by is night.",
        "replay,            from,       2026-01-01,            BAD_QUERY,    A job of type replay needs its to.",
        "erase,             column,     country,               BAD_QUERY,    A job of type erase needs its value.",
    })
    void refusesWhatNoJobUnderstands(String type, String field, String text, ErrorCode code, String message) {
        assertThatThrownBy(() -> JobForm.parse(type, Map.of(field, text)))
                .hasMessage(message)
                .isInstanceOfSatisfying(BifocalException.class, fault -> assertThat(fault.code())
                        .isEqualTo(code));
    }

    @Test
    void refusesARangeThatEndsBeforeItBegins() {
        assertThatThrownBy(() -> JobForm.parse("backfill", Map.of("from", "2026-01-02", "to", "2026-01-01")))
                .hasMessage("The range ends at 2026-01-01, before it begins: from is 2026-01-02.");
    }

    @Test
    void readsTextsAsWhatTheFieldHolds() {
        assertThat(JobForm.parse("backfill", Map.of("promote", "true", "from", "", "to", "2026-01-01"))
                        .spec())
                .isEqualTo(Map.of("promote", true, "to", "2026-01-01"));
        assertThat(JobForm.parse("erase", Map.of("column", "number", "value", "12"))
                        .spec())
                .containsEntry("value", "12");
    }
}
