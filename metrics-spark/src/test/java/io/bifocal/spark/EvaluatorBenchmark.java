package io.bifocal.spark;

import io.bifocal.core.model.Definition;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How many events a second one core evaluates, and turns into partials: {@code main} prints the median of some rounds, by
 * processor time, so that what else the machine does counts less.
 */
public final class EvaluatorBenchmark {
    private static final int EVENTS = 200_000;
    private static final int ROUNDS = 7;

    private EvaluatorBenchmark() {}

    public static void main(String[] args) {
        Definition definition = Models.shop().definition();
        CompiledDefinition compiled = CompiledDefinition.of(definition);
        List<SourceRecord> records = records(new Random(7));
        System.out.println("evaluate: "
                + median(() -> {
                    Evaluator evaluator = compiled.evaluator();
                    records.forEach(record -> requireEvent(evaluator.evaluate(record.payload())));
                })
                + " events/s");
        System.out.println("partials: "
                + median(() -> new PartialsTask(compiled).run(records.iterator(), 1, 0, rows -> {})) + " events/s");
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void requireEvent(Outcome outcome) {
        if (!(outcome instanceof Outcome.Event)) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    private static long median(Runnable round) {
        List<Long> rates = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            long start = cpuNanos();
            round.run();
            rates.add(EVENTS * 1_000_000_000L / (cpuNanos() - start));
        }
        return rates.stream().sorted().toList().get(ROUNDS / 2);
    }

    private static List<SourceRecord> records(Random random) {
        List<SourceRecord> records = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            String json =
                    "{\"invoice\":\"%s%d\",\"StockCode\":\"85123A\",\"Description\":\"WHITE HANGING HEART HOLDER\",\"quantity\":\"%d\",\"at\":\"2010-12-%02d %02d:%02d:00\",\"price\":\"%d.55\",\"CustomerID\":\"17850.0\",\"country\":\"c%d\"}"
                            .formatted(
                                    random.nextInt(50) == 0 ? "C" : "",
                                    500_000 + i / 20,
                                    random.nextInt(50),
                                    1 + i * 28 / EVENTS,
                                    i * 24 / 1000 % 24,
                                    i / 20 % 60,
                                    random.nextInt(20),
                                    random.nextInt(38));
            records.add(new SourceRecord("t", 0, i, 0, json.getBytes(StandardCharsets.UTF_8)));
        }
        return records;
    }
}
