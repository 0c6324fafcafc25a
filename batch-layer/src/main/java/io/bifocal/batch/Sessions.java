package io.bifocal.batch;

import io.bifocal.core.config.Config;
import io.bifocal.spark.ForklessFileSystem;
import io.bifocal.spark.SparkSessions;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Spark sessions that read and write Delta tables. */
public final class Sessions {
    private Sessions() {}

    /** Starts Spark as the configuration says. */
    public static SparkSession start(Config config, String name) {
        return SparkSessions.batch(
                config,
                name,
                Map.of(
                        "spark.sql.extensions",
                        "io.delta.sql.DeltaSparkSessionExtension",
                        "spark.sql.catalog.spark_catalog",
                        "org.apache.spark.sql.delta.catalog.DeltaCatalog",
                        "spark.databricks.delta.snapshotPartitions",
                        "2",
                        "spark.delta.logStore.file.impl",
                        LinkLogStore.class.getName(),
                        "spark.hadoop.fs.file.impl",
                        ForklessFileSystem.class.getName(),
                        "spark.sql.streaming.checkpointFileManagerClass",
                        "org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager",
                        "spark.sql.streaming.minBatchesToRetain",
                        "2",
                        "spark.scheduler.mode",
                        "FAIR"));
    }
}
