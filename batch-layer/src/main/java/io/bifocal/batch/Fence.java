package io.bifocal.batch;

import io.bifocal.batch.CommitLog.Noted;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.delta.exceptions.DeltaConcurrentModificationException;
import java.time.Clock;
import java.time.Instant;

/** Appends nothing to the archive, as an archiver does: appends that are under way fail, and an archiver starts anew. */
final class Fence {
    private static final int ATTEMPTS = 20;

    private final JobContext context;
    private final ArchiveBooks books;
    private int raised;

    Fence(JobContext context, ArchiveBooks books) {
        this.context = context;
        this.books = books;
    }

    /**
     * A fence that stands.
     *
     * @param before no file that was written until then will be committed any more
     * @param appender that appended last
     */
    record Raised(Instant before, Appender appender) {}

    /** @throws io.bifocal.core.error.BifocalException JOB_FAILED where appends go on between */
    Raised raise() {
        ArchiveTable archive = context.lake().archive();
        for (int attempt = 1; ; attempt++) {
            Instant before = Instant.now();
            Noted<CommitNote> newest = archive.archived();
            Appender appender = new Appender(
                    context.model(),
                    context.settings().owner() + "-" + ++raised,
                    archive,
                    books,
                    Clock.systemUTC(),
                    newest,
                    newest.note().lost());
            try {
                appender.catchUp();
                appender.append(archive.newest().limit(0), newest.note().positions(), () -> {});
                return new Raised(before, appender);
            } catch (IllegalStateException | DeltaConcurrentModificationException overtaken) {
                if (attempt == ATTEMPTS) {
                    throw Errors.of(
                            ErrorCode.JOB_FAILED,
                            "Appends to the archive went on between: " + overtaken.getMessage(),
                            "Ask for the job again once the cause is gone.",
                            overtaken);
                }
            }
        }
    }
}
