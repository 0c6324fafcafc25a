package io.bifocal.spark;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local file system without permissions: without native libraries Hadoop's own starts a {@code chmod} process for each
 * file, which takes longer than a whole micro-batch. For scratch files only, such as the checkpoints that nothing is ever
 * recovered from; so it writes no checksums either.
 */
public final class ForklessFileSystem extends LocalFileSystem {
    public ForklessFileSystem() {
        super(new WithoutPermissions());
    }

    @Override
    public void initialize(URI name, Configuration configuration) throws IOException {
        super.initialize(name, configuration);
        setWriteChecksum(false);
        setVerifyChecksum(false);
    }

    private static final class WithoutPermissions extends RawLocalFileSystem {
        @Override
        public void setPermission(Path path, FsPermission permission) {
            // The process's umask decides.
        }
    }
}
