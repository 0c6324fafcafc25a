package io.bifocal.core.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where benchmarks of all modules tell what they measured: in the directory that {@code -Dbench.results} names, which {@code
 * ./bifocal bench} reads, and on standard output.
 */
public final class Benchmarks {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Benchmarks() {}

    /** Whether less is to be measured, in less time ({@code -Dbench.quick=true}). */
    public static boolean quick() {
        return Boolean.getBoolean("bench.quick");
    }

    /** What a ratio of ours to the peer's is to be. */
    public enum Aim {
        AT_LEAST,
        AT_MOST;

        boolean met(double ratio, double bound) {
            return this == AT_LEAST ? ratio >= bound : ratio <= bound;
        }
    }

    /**
     * One line of the table.
     *
     * @param id of the row; several lines may share it
     * @param name what was measured, over how much
     * @param against what the peer is
     */
    public record Row(int id, String name, String against, String unit, Aim aim, double bound) {
        /** Tells it. */
        public void tell(Measured ours, Measured peer) {
            double ratio = ours.median() / peer.median();
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("id", id);
            line.put("name", name);
            line.put("against", against);
            line.put("ours", ours.median());
            line.put("peer", peer.median());
            line.put("unit", unit);
            line.put("ratio", ratio);
            line.put("aim", bound);
            line.put("atLeast", aim == Aim.AT_LEAST);
            line.put("met", aim.met(ratio, bound));
            line.put("oursRounds", ours.rounds());
            line.put("peerRounds", peer.rounds());
            write(line);
        }

        private void write(Map<String, Object> line) {
            try {
                String json = JSON.writeValueAsString(line);
                System.out.println(json);
                String results = System.getProperty("bench.results");
                if (results != null) {
                    Path directory = Files.createDirectories(Path.of(results));
                    String file = "%02d %s.json".formatted(id, name.replaceAll("[^A-Za-z0-9]+", " "));
                    // Whoever watches the directory must not see half of it.
                    Path whole =
                            Files.writeString(Files.createTempFile(directory.getParent(), "benchmark", ".json"), json);
                    Files.move(whole, directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
