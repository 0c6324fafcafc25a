package io.bifocal.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueryDocumentTest {
    private static final QueryDocument.Time ALL_TIME =
            new QueryDocument.Time(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private static JsonNode query(QueryDocument.Time time, List<String> where, List<String> order) {
        return QueryDocument.of(
                "retail",
                List.of("revenue"),
                List.of("country"),
                time,
                where,
                order,
                Optional.of(5),
                Optional.of("exact"));
    }

    @Test
    void namesWhatIsAskedFor() {
        assertThat(query(ALL_TIME, List.of(), List.of("revenue:desc", "country")))
                .isEqualTo(
                        Api.json(
                                """
                        {"model": "retail", "metrics": ["revenue"], "dimensions": ["country"], "filters": [],
                         "order": [{"by": "revenue", "direction": "desc"}, {"by": "country", "direction": "asc"}],
                         "limit": 5, "consistency": {"require": "exact"}}
                        """));
    }

    @Test
    void valuesOfOneDimensionAreOneFilter() {
        assertThat(query(ALL_TIME, List.of("country=France", "country=Côte d=Azur", "device!=phone"), List.of())
                        .path("filters"))
                .isEqualTo(
                        Api.json(
                                """
                        [{"dimension": "country", "operator": "equals", "values": ["France", "Côte d=Azur"]},
                         {"dimension": "device", "operator": "notEquals", "values": ["phone"]}]
                        """));
    }

    @Test
    void aDateIsItsFirstInstantInTheZone() {
        QueryDocument.Time time = new QueryDocument.Time(
                Optional.of("2011-06-01"),
                Optional.of("2011-06-01T12:00:00Z"),
                Optional.of("day"),
                Optional.of("Europe/London"));

        assertThat(query(time, List.of(), List.of()).path("time"))
                .isEqualTo(
                        Api.json(
                                """
                        {"from": "2011-05-31T23:00:00Z", "to": "2011-06-01T12:00:00Z", "granularity": "day",
                         "zone": "Europe/London"}
                        """));
    }

    @Test
    void refusesConditionsAndOrdersThatItCannotRead() {
        assertThatThrownBy(() -> query(ALL_TIME, List.of("country"), List.of()))
                .hasMessage("Cannot read --where country.");
        assertThatThrownBy(() -> query(ALL_TIME, List.of(), List.of("revenue:down")))
                .hasMessage("Cannot read --order revenue:down.");
    }
}
