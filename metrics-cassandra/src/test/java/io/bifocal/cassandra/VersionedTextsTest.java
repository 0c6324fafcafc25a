package io.bifocal.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.cassandra.VersionedTexts.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class VersionedTextsTest {
    private final VersionedTexts texts = new VersionedTexts(TestConnection.shared(), "manifests", "model");
    private final String key = TestConnection.uniqueName();

    @Test
    void knowsItsOwnVersionAmongLaterOnes() {
        for (long version = 0; version < 200; version++) {
            assertThat(texts.replace(version, version + 1, "text " + version, key))
                    .isTrue();
        }
        assertThat(texts.replace(150, 151, "late", key)).isFalse();
        assertThat(texts.read(key)).contains(new Versioned(200, "text 199"));
        assertThat(texts.readSerial(key)).contains(new Versioned(200, "text 199"));
    }

    @Test
    void losesNoneOfManyConcurrentIncrements() throws Exception {
        int writers = 6;
        int each = 20;
        texts.replace(0, 1, "0", key);
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                done.add(threads.submit(() -> increment(each)));
            }
            for (Future<?> writer : done) {
                writer.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(texts.read(key)).contains(new Versioned(1 + writers * each, Integer.toString(writers * each)));
    }

    private void increment(int times) {
        int left = times;
        while (left > 0) {
            Versioned current = texts.read(key).orElseThrow();
            String next = Integer.toString(Integer.parseInt(current.text()) + 1);
            if (texts.replace(current.version(), current.version() + 1, next, key)) {
                left--;
            }
        }
    }
}
