package io.bifocal.simulator;

import io.bifocal.simulator.SimulatedModel.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Those who send records to Kafka. */
final class Producers {
    /** Of broker time in a second of the simulator: so that a history has more than one day of arrivals. */
    private static final long TIME_LAPSE = 3_000;

    private final World world;
    private final Random random;
    private final List<Content> contents = new ArrayList<>();

    Producers(World world) {
        this.world = world;
        this.random = world.random();
    }

    /** Some records arrive: mostly of today, some of any day, some broken, some sent before. A partition may be idle. */
    void produce() {
        SimulatedKafka kafka = world.kafka();
        SimulatedClock clock = world.clock();
        long brokerMillis = clock.instant().toEpochMilli() * TIME_LAPSE;
        int records = random.nextInt(4);
        for (int i = 0; i < records; i++) {
            int partition = random.nextInt(kafka.partitions());
            boolean idle = partition > 0 && clock.instant().getEpochSecond() / 10 % 3 == partition;
            partition = idle ? 0 : partition;
            long offset = kafka.nextOffset(partition);
            kafka.append(
                    random.nextInt(20) == 0
                            ? world.catalog().malformed(kafka.topicId(), partition, offset, brokerMillis, random)
                            : world.catalog().entry(kafka.topicId(), partition, offset, brokerMillis, content()));
        }
    }

    /** Of something new, or sent once more: as it was, or corrected, or with only the id of an earlier one. */
    private Content content() {
        int day = random.nextInt(10) == 0 ? random.nextInt(SimulatedModel.DAYS) : world.today();
        String id = "e" + contents.size();
        Content content = SimulatedModel.content(random, day, id);
        if (!contents.isEmpty() && random.nextInt(4) == 0) {
            Content earlier = contents.get(random.nextInt(contents.size()));
            content = new Content(
                    random.nextInt(4) == 0 ? content.at() : earlier.at(),
                    random.nextBoolean() ? content.city() : earlier.city(),
                    earlier.paid(),
                    earlier.value(),
                    earlier.id(),
                    earlier.weighed());
        }
        contents.add(content);
        return content;
    }
}
