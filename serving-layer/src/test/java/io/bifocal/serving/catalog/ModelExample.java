package io.bifocal.serving.catalog;

/** The model file that the API's description shows. */
public final class ModelExample {
    public static final String YAML = ModelsResource.EXAMPLE;

    private ModelExample() {}
}
