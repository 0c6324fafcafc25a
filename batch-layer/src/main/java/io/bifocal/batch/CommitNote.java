package io.bifocal.batch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bifocal.core.cut.Hole;
import io.bifocal.core.cut.Positions;
import java.util.List;
import java.util.Optional;

/**
 * What the archiver writes beside each append, as the commit's user metadata: it makes the archive know its own positions.
 * Commits of others (compaction, say) carry none and are skipped by readers.
 *
 * @param archiver which start of the archiver appended, unique
 * @param batch number of the append in that start, from 1
 * @param positions every record before these is in the archive as of this commit
 * @param lost what Kafka had deleted before it was archived, all up to this commit
 * @param dates ingest dates (days since 1970) that this append added records to
 * @param records appended, quarantined ones among them
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record CommitNote(String archiver, int batch, Positions positions, List<Hole> lost, List<Integer> dates, long records) {
    static final CommitNote NONE = new CommitNote("", 0, Positions.NONE, List.of(), List.of(), 0);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    CommitNote {
        lost = lost == null ? List.of() : List.copyOf(lost);
        dates = dates == null ? List.of() : List.copyOf(dates);
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Reads a commit's user metadata; empty where the archiver did not write it. */
    static Optional<CommitNote> parse(String userMetadata) {
        try {
            CommitNote note = JSON.readValue(userMetadata, CommitNote.class);
            return note.archiver() == null || note.positions() == null ? Optional.empty() : Optional.of(note);
        } catch (JsonProcessingException notOurs) {
            return Optional.empty();
        }
    }
}
