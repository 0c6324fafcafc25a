package io.bifocal.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What the retail topic holds, day by day in London, by plain counting over its records: obviously right, and slow. */
final class RetailLog {
    /** One day's totals. */
    static final class Day {
        long lines;
        long units;
        BigDecimal revenue = BigDecimal.ZERO;
        BigDecimal soldRevenue = BigDecimal.ZERO;
        final Set<String> customers = new HashSet<>();
        final Set<String> invoices = new HashSet<>();

        private void add(JsonNode line) {
            long quantity = Long.parseLong(line.get("Quantity").asText());
            BigDecimal worth = new BigDecimal(line.get("UnitPrice").asText()).multiply(BigDecimal.valueOf(quantity));
            String invoice = line.get("InvoiceNo").asText();
            lines++;
            units += quantity;
            revenue = revenue.add(worth);
            soldRevenue = invoice.startsWith("C") ? soldRevenue : soldRevenue.add(worth);
            invoices.add(invoice);
            if (line.hasNonNull("CustomerID")) {
                customers.add(line.get("CustomerID").asText());
            }
        }
    }

    private RetailLog() {}

    static Map<LocalDate, Day> read(String bootstrapServers, String topic) {
        Map<LocalDate, Day> days = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    JsonNode line = Platform.JSON.readTree(record.value());
                    LocalDate day =
                            LocalDate.parse(line.get("InvoiceDate").asText().substring(0, 10));
                    days.computeIfAbsent(day, absent -> new Day()).add(line);
                }
            }
            return days;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
