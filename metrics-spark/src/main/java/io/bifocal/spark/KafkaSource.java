package io.bifocal.spark;

import io.bifocal.core.cut.Positions;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamReader;

/** Spark's Kafka source, set up alike for all who read a model's topic: what they read must be the same records. */
public final class KafkaSource {
    private KafkaSource() {}

    /**
     * A stream of a topic's committed records; those of aborted transactions are no events, and of open ones not yet. Where
     * Kafka has deleted what comes next, the stream fails.
     *
     * @param kafka properties of every Kafka client, with the bootstrap servers
     * @param maxRecords in one micro-batch
     */
    public static DataStreamReader stream(
            SparkSession spark, KafkaTopic topic, Positions from, Map<String, String> kafka, long maxRecords) {
        DataStreamReader reader = spark.readStream()
                .format("kafka")
                .option("subscribe", topic.name())
                .option("startingOffsets", topic.startingOffsets(from))
                .option("failOnDataLoss", "true")
                .option("maxOffsetsPerTrigger", maxRecords);
        kafka.forEach((key, value) -> reader.option("kafka." + key, value));
        return reader.option("kafka.isolation.level", "read_committed");
    }
}
