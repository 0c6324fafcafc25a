package io.bifocal.infra.up;

/** Where progress is told, line by line, to the person who started the platform. */
@FunctionalInterface
public interface Console {
    void say(String line);
}
