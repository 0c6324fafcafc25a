package io.bifocal.core.job;

import java.util.UUID;

/**
 * As whom a process works on jobs. An executor claims a job before it starts a process for it, and hands its own name on: the
 * process then claims, renews and finishes the job under that name, and no second executor starts it as well.
 */
public final class JobOwner {
    /** The system property of a job process that holds the name under which its job was claimed. */
    public static final String PROPERTY = "bifocal.job.owner";

    private JobOwner() {}

    /** The name that was handed on; a new one where this process was started by hand. */
    public static String name() {
        String handedOn = System.getProperty(PROPERTY);
        return handedOn == null ? "by-hand-" + UUID.randomUUID() : handedOn;
    }
}
