package io.bifocal.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
    @TempDir
    private Path directory;

    @Test
    void readsAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("bifocal.properties"), "http.port = 9090 \nexecutor=airflow\n");

        Config config = Config.load(Optional.of(file), Map.of());

        assertThat(config.number(Config.Key.HTTP_PORT)).isEqualTo(9090);
        assertThat(config.text(Config.Key.EXECUTOR)).isEqualTo("airflow");
    }

    @Test
    void fallsBackToDefaults() {
        Config config = Config.load(Optional.empty(), Map.of());

        assertThat(config.number(Config.Key.HTTP_PORT)).isEqualTo(8080);
        assertThat(config.text(Config.Key.CASSANDRA_KEYSPACE)).isEqualTo("bifocal");
        assertThat(config.asMap()).isEmpty();
    }

    @Test
    void letsTheEnvironmentOverride() {
        Config config = Config.of(
                Map.of("kafka.bootstrap-servers", "a:1"), Map.of("BIFOCAL_KAFKA_BOOTSTRAP_SERVERS", "b:2, c:3"));

        assertThat(config.list(Config.Key.KAFKA_BOOTSTRAP_SERVERS)).containsExactly("b:2", "c:3");
    }

    @Test
    void stopsAtUnknownKeys() {
        BifocalException fault = refuse(Map.of("http.prot", "1", "colour", "red"));

        assertThat(fault.code()).isEqualTo(ErrorCode.BAD_CONFIG);
        assertThat(fault).hasMessage("Unknown configuration keys: colour, http.prot.");
        assertThat(fault.remedy()).isEqualTo("Did you mean http.port instead of http.prot?");
    }

    @Test
    void saysWhereTheKeysAreListed() {
        assertThat(refuse(Map.of("colour", "red")).remedy())
                .isEqualTo("Remove them; docs/CONFIGURATION.md lists the keys.");
    }

    @Test
    void stopsAtNumbersThatAreNone() {
        BifocalException fault = refuse(Map.of("http.port", "eighty"));

        assertThat(fault).hasMessage("http.port is eighty, not a whole number.");
        assertThat(fault.remedy()).isEqualTo("Give a number from 0 to 2147483647.");
        assertThat(refuse(Map.of("fold.fanout", "-1"))).hasMessage("fold.fanout is -1, not a whole number.");
    }

    @Test
    void tellsWhichKeyIsLacking() {
        Config config = Config.of(Map.of(), Map.of());

        assertThat(config.has(Config.Key.ARCHIVE_URI)).isFalse();
        assertThatThrownBy(() -> config.text(Config.Key.ARCHIVE_URI))
                .hasMessage("The configuration lacks archive.uri.")
                .extracting(fault -> ((BifocalException) fault).remedy())
                .isEqualTo("Set it in the properties file, or as BIFOCAL_ARCHIVE_URI.");
    }

    @Test
    void tellsWhichFileCannotBeRead() {
        Path missing = directory.resolve("missing.properties");

        assertThatThrownBy(() -> Config.load(Optional.of(missing), Map.of()))
                .hasMessageStartingWith("Cannot read the configuration " + missing);
    }

    @Test
    void handsItselfOnToAChild() {
        Config config = Config.of(Map.of("http.port", "9090"), Map.of("BIFOCAL_EXECUTOR", "airflow"))
                .with(Config.Key.ARCHIVE_URI, "file:/data");

        Config child = Config.of(config.asMap(), Map.of());

        assertThat(child.asMap())
                .isEqualTo(Map.of("http.port", "9090", "executor", "airflow", "archive.uri", "file:/data"));
    }

    @Test
    void keysAreKebabCaseAndTheirDefaultsGood() {
        assertThat(Arrays.stream(Config.Key.values()).map(Config.Key::text))
                .doesNotHaveDuplicates()
                .allMatch(text -> text.matches("[a-z]+([.-][a-z]+)*"));
        Config config = Config.of(Map.of(), Map.of());
        assertThat(Arrays.stream(Config.Key.values()).filter(Config.Key::numeric))
                .allSatisfy(key -> assertThat(config.number(key)).isNotNegative());
    }

    @Test
    void isDocumented() throws IOException {
        String page = Files.readString(Path.of("../docs/CONFIGURATION.md"));

        assertThat(Arrays.stream(Config.Key.values()))
                .allSatisfy(key -> assertThat(page).contains("| `" + key.text() + "` |"));
    }

    private static BifocalException refuse(Map<String, String> texts) {
        return catchThrowableOfType(BifocalException.class, () -> Config.of(texts, Map.of()));
    }
}
