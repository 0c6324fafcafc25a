package io.bifocal.batch;

import io.delta.storage.LocalLogStore;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Delta's log on a local disk, safe between processes. Delta's own store for {@code file:} excludes writers of one JVM only:
 * the archiver and a batch job, or two archivers, could each believe that they had made the same version. A hard link is
 * made by the kernel in one step or not at all, and fails where the name exists.
 */
public final class LinkLogStore extends LocalLogStore {
    public LinkLogStore(Configuration hadoop) {
        super(hadoop);
    }

    @Override
    public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration hadoop) throws IOException {
        java.nio.file.Path target = java.nio.file.Path.of(path.toUri().getPath());
        java.nio.file.Path directory = target.getParent();
        Files.createDirectories(directory);
        java.nio.file.Path scratch = directory.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (Writer writer = Files.newBufferedWriter(scratch, StandardCharsets.UTF_8)) {
                while (actions.hasNext()) {
                    writer.write(actions.next());
                    writer.write('\n');
                }
            }
            if (overwrite) {
                Files.move(scratch, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                // Throws FileAlreadyExistsException, which Delta takes as: somebody else made this version.
                Files.createLink(target, scratch);
            }
        } finally {
            Files.deleteIfExists(scratch);
        }
    }
}
