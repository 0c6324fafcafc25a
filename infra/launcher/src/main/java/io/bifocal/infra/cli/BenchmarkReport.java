package io.bifocal.infra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code docs/BENCHMARKS.md}: what was measured, where, and with what. */
final class BenchmarkReport {
    private static final MathContext DIGITS = new MathContext(3);
    private static final Pattern PROCESSOR = Pattern.compile("model name\\s*:\\s*(.+)");
    private static final Pattern MEMORY = Pattern.compile("MemTotal:\\s*(\\d+) kB");

    private final Path root;

    BenchmarkReport(Path root) {
        this.root = root;
    }

    /** The same row with three digits to a number. */
    static ObjectNode rounded(JsonNode row) {
        ObjectNode rounded = row.deepCopy();
        for (String field : new String[] {"ours", "peer", "ratio"}) {
            rounded.put(field, digits(row.get(field)));
        }
        rounded.put(
                "aim",
                (row.get("atLeast").asBoolean() ? "at least " : "at most ")
                        + row.get("aim").asText());
        rounded.put("met", row.get("met").asBoolean() ? "yes" : "no");
        return rounded;
    }

    void write(ArrayNode rows) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("# Benchmarks\n\n")
                .append(
                        "Written by `./bifocal bench`, which measures ours and the peer in turn, on the same machine, in one"
                                + " run. Machines\nare shared and noisy: ratios count. Numbers are medians of the rounds, with the"
                                + " least and the most in brackets.\nWhat each measures is said at the top of its class,"
                                + " `*Benchmark`.\n\n")
                .append("Machine: %s, %d cores, %s of memory; %s %s; Java %s. Measured on %s.\n\n"
                        .formatted(
                                find(Path.of("/proc/cpuinfo"), PROCESSOR, "unknown processor"),
                                Runtime.getRuntime().availableProcessors(),
                                memory(),
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("java.version"),
                                LocalDate.now(ZoneOffset.UTC)))
                .append("Versions: Spark %s, Kafka %s, Cassandra %s, Delta %s.\n\n"
                        .formatted(version("spark"), version("kafka"), version("cassandra"), version("delta")))
                .append("| # | what | against | ours | peer | unit | ratio | aim | met |\n")
                .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (JsonNode row : rows) {
            ObjectNode rounded = rounded(row);
            text.append("| %s | %s | %s | %s (%s) | %s (%s) | %s | %s | %s | %s |\n"
                    .formatted(
                            row.get("id").asText(),
                            row.get("name").asText(),
                            row.get("against").asText(),
                            plain(rounded.get("ours")),
                            spread(row.get("oursRounds")),
                            plain(rounded.get("peer")),
                            spread(row.get("peerRounds")),
                            row.get("unit").asText(),
                            plain(rounded.get("ratio")),
                            rounded.get("aim").asText(),
                            rounded.get("met").asText()));
        }
        Files.writeString(root.resolve("docs/BENCHMARKS.md"), text);
    }

    /** Of rounds in the order of size: the least and the most. */
    private static String spread(JsonNode rounds) {
        return digits(rounds.get(0)).toPlainString() + " to "
                + digits(rounds.get(rounds.size() - 1)).toPlainString();
    }

    private static BigDecimal digits(JsonNode number) {
        return new BigDecimal(number.asText()).round(DIGITS);
    }

    private static String plain(JsonNode number) {
        return number.decimalValue().toPlainString();
    }

    private static String memory() throws IOException {
        double kibibytes = Double.parseDouble(find(Path.of("/proc/meminfo"), MEMORY, "0"));
        return String.format(Locale.ROOT, "%.0f GiB", kibibytes / (1 << 20));
    }

    private String version(String library) throws IOException {
        Pattern property = Pattern.compile("<" + library + "\\.version>(.+)</");
        return find(root.resolve("pom.xml"), property, "of unknown version");
    }

    private static String find(Path file, Pattern pattern, String otherwise) throws IOException {
        if (!Files.isReadable(file)) {
            return otherwise;
        }
        Matcher matcher = pattern.matcher(Files.readString(file));
        return matcher.find() ? matcher.group(1) : otherwise;
    }
}
