package io.bifocal.speed;

import io.bifocal.core.view.ViewStore;
import java.io.Serializable;

/** How a task, in whatever JVM it runs, comes by the store that its rows go to. */
interface ViewStoreSource extends Serializable {
    /** The store; one connection serves all tasks of a JVM. */
    ViewStore store();
}
