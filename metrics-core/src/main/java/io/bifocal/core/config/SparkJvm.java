package io.bifocal.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The JVM flags without which Spark does not start on this JDK: the build's {@code spark.jvm.options}. */
public final class SparkJvm {
    private static final String RESOURCE = "spark-jvm-options.txt";

    private SparkJvm() {}

    /** The flags, one an element, for every process that runs Spark. */
    public static List<String> options() {
        try (InputStream in = SparkJvm.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + RESOURCE);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return List.of(text.trim().split("\\s+"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
