package io.bifocal.batch;

import io.bifocal.core.view.ViewStore;
import java.io.Serializable;

/** A view store that travels to Spark's tasks: each opens it where it runs. */
@FunctionalInterface
public interface ViewStores extends Serializable {
    ViewStore open();
}
