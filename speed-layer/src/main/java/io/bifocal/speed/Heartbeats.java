package io.bifocal.speed;

import java.util.Map;

/** Where speed jobs say that they live. */
interface Heartbeats {
    /** Says that this process works on a model, and how it goes. */
    void beat(String model, Map<String, Object> status);

    /** Whether another process has said so of late. */
    boolean anotherProcessRuns(String model);
}
