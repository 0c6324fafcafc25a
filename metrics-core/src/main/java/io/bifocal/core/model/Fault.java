package io.bifocal.core.model;

/**
 * What is wrong with a model file, and what would be right.
 *
 * @param line from 1
 */
public record Fault(String file, int line, String problem, String remedy) {
    @Override
    public String toString() {
        return file + ":" + line + ": " + problem + " " + remedy;
    }
}
