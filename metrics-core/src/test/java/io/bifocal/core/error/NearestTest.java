package io.bifocal.core.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KNOWN = List.of("revenue", "sold_revenue", "customers", "country", "units", "At");

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            revnue, revenue
            ervenue, revenue
            REVENUE, revenue
            cuntry, country
            cust, customers
            unit, units
            Att, At
            """)
    void findsWhatWasMeant(String written, String meant) {
        assertThat(Nearest.of(written, KNOWN)).startsWith(meant);
    }

    @Test
    void findsNothingNear() {
        assertThat(Nearest.of("profit", KNOWN)).isEmpty();
        assertThat(Nearest.of("Id", KNOWN)).isEmpty();
    }

    @Test
    void leavesOutWhatIsMuchFarther() {
        assertThat(Nearest.of("Europe/Londn", List.of("Europe/Lisbon", "Europe/London")))
                .containsExactly("Europe/London");
    }

    @Test
    void asksOrLists() {
        assertThat(Nearest.remedy("contry", KNOWN)).isEqualTo("Did you mean country?");
        assertThat(Nearest.remedy("profit", List.of("a", "b"))).isEqualTo("Known are a, b.");
        assertThat(Nearest.remedy("profit", List.of())).isEqualTo("There are none yet.");
        assertThat(Nearest.oneOf(List.of("a", "b"))).isEqualTo("Use one of a, b.");
    }

    @Test
    void listsOnlySoMany() {
        List<String> many = IntStream.range(100, 150).mapToObj(i -> "n" + i).toList();

        assertThat(Nearest.remedy("profit", many)).endsWith("n138, n139 and 10 more.");
    }
}
