package io.bifocal.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bifocal.core.cut.Positions;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamReader;

/** Spark's Kafka source, set up alike for all who read a model's topic: what they read must be the same records. */
public final class KafkaSource {
    private static final ObjectMapper JSON = new ObjectMapper();

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
        return spark.readStream()
                .format("kafka")
                .options(client(kafka))
                .option("subscribe", topic.name())
                .option("startingOffsets", topic.startingOffsets(from))
                .option("maxOffsetsPerTrigger", maxRecords);
    }

    /**
     * The committed records of some partitions of a topic. Where Kafka has deleted some of them, reading fails.
     *
     * @param from the first offset of each partition
     * @param to the offset after the last of each of these
     * @param kafka properties of every Kafka client, with the bootstrap servers
     */
    public static DataFrameReader range(
            SparkSession spark,
            String topic,
            SortedMap<Integer, Long> from,
            SortedMap<Integer, Long> to,
            Map<String, String> kafka) {
        return spark.read()
                .format("kafka")
                .options(client(kafka))
                .option("assign", json(Map.of(topic, from.keySet())))
                .option("startingOffsets", json(Map.of(topic, from)))
                .option("endingOffsets", json(Map.of(topic, to)));
    }

    /** What both read alike: committed records, and all of them. */
    private static Map<String, String> client(Map<String, String> kafka) {
        Map<String, String> options = new HashMap<>();
        kafka.forEach((key, value) -> options.put("kafka." + key, value));
        options.put("kafka.isolation.level", "read_committed");
        options.put("failOnDataLoss", "true");
        return options;
    }

    private static String json(Object offsets) {
        try {
            return JSON.writeValueAsString(offsets);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
