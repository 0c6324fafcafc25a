package io.bifocal.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.acceptance.Answers.Edit;
import io.bifocal.acceptance.Answers.Line;
import io.bifocal.acceptance.Answers.Retail;
import io.bifocal.acceptance.Answers.Wikipedia;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * The oracle of the other tests counts plainly over the files; where others have published what they counted, it must agree.
 * Without the real data there is nothing to compare with, and the other tests say that they ran on generated events.
 */
class PublishedAnswersTest {
    @Test
    void countingInvoiceLinesAgreesWithThePublishedAnswers() {
        List<Line> lines = Answers.lines(shared("online_retail/online_retail.csv.gz"));
        JsonNode answers = json("online_retail/ANSWERS.json").get("answers");

        assertThat((long) lines.size())
                .isEqualTo(first(answers, "total_rows").get(0).asLong());
        JsonNode days = answers.at("/rows_per_day/rows");
        Map<String, List<Line>> byDay =
                Answers.group(lines, line -> line.local().toLocalDate().toString());
        assertThat(byDay).hasSize(days.size());
        days.forEach(day -> checkRetail(day, Retail.of(byDay.get(day.get(0).asText())), 1));
        Map<String, List<Line>> byHour = Answers.group(lines, line -> line.local()
                .toLocalDateTime()
                .toString()
                .replace('T', ' ')
                .substring(0, 13));
        assertThat((long) byHour.size())
                .isEqualTo(first(answers, "n_hours_with_rows").get(0).asLong());
        Map<String, List<Line>> byCountry = Answers.group(lines, Line::country);
        answers.at("/top10_country_by_rows/rows").forEach(row -> {
            Retail country = Retail.of(byCountry.get(row.get(0).asText()));
            assertThat(country.lines()).isEqualTo(row.get(1).asLong());
            assertThat(country.revenue()).isEqualByComparingTo(row.get(2).decimalValue());
        });
        Retail all = Retail.of(lines);
        assertThat(all.units()).isEqualTo(first(answers, "sums").get(0).asLong());
        assertThat(all.revenue())
                .isEqualByComparingTo(first(answers, "sums").get(1).decimalValue());
        assertThat(all.customers())
                .isEqualTo(first(answers, "distinct_CustomerID").get(0).asLong());
        assertThat(all.invoices())
                .isEqualTo(first(answers, "distinct_InvoiceNo").get(0).asLong());
        assertThat(all.revenue().subtract(all.soldRevenue()))
                .isEqualByComparingTo(answers.at("/cancelled_vs_sold/rows/1/2").decimalValue());
        List<BigDecimal> prices = lines.stream().map(Line::price).sorted().toList();
        assertThat(prices.get((int) Math.ceil(0.95 * prices.size()) - 1))
                .isEqualByComparingTo(
                        answers.at("/percentiles_UnitPrice/p95/disc").decimalValue());
    }

    private static void checkRetail(JsonNode row, Retail expected, int at) {
        assertThat(expected.lines()).isEqualTo(row.get(at).asLong());
        assertThat(expected.units()).isEqualTo(row.get(at + 1).asLong());
        assertThat(expected.revenue()).isEqualByComparingTo(row.get(at + 2).decimalValue());
        assertThat(expected.invoices()).isEqualTo(row.get(at + 3).asLong());
        assertThat(expected.customers()).isEqualTo(row.get(at + 4).asLong());
    }

    @Test
    void countingEditsAgreesWithThePublishedAnswers() {
        List<Edit> edits = Answers.edits(shared("wikiticker/wikiticker-2015-09-12-sampled.json.gz"));
        JsonNode answers = json("wikiticker/ANSWERS.json").get("answers");
        JsonNode druid = json("wikiticker/PUBLISHED.json").get("druid");

        Wikipedia all = Wikipedia.of(edits);
        assertThat(all.edits()).isEqualTo(first(answers, "total_rows").get(0).asLong());
        assertThat(all.added()).isEqualTo(first(answers, "sums").get(0).asLong());
        assertThat(all.deleted()).isEqualTo(first(answers, "sums").get(1).asLong());
        assertThat(all.editors())
                .isEqualTo(first(answers, "distinct_user").get(0).asLong());
        assertThat(all.robots()).isEqualTo(first(answers, "flags").get(0).asLong());
        Map<Integer, List<Edit>> byHour =
                Answers.group(edits, edit -> edit.utc().getHour());
        JsonNode deleted = druid.get("hourly_sum_deleted");
        for (int hour = 0; hour < 24; hour++) {
            assertThat(Wikipedia.of(byHour.get(hour)).deleted())
                    .isEqualTo(deleted.get(hour).asLong());
        }
        Map<String, List<Edit>> byPage = Answers.group(edits, Edit::page);
        druid.get("top10_pages").forEach(row -> assertThat(
                        (long) byPage.get(row.get(0).asText()).size())
                .isEqualTo(row.get(1).asLong()));
        assertThat(topPages(byPage)).isEqualTo(Set.copyOf(names(druid.get("top10_pages"))));
        Map<String, List<Edit>> byChannel = Answers.group(edits, Edit::channel);
        druid.get("top5_channel_sum_added").forEach(row -> assertThat(
                        Wikipedia.of(byChannel.get(row.get(0).asText())).added())
                .isEqualTo(row.get(1).asLong()));
    }

    private static Set<String> topPages(Map<String, List<Edit>> byPage) {
        return new HashSet<>(byPage.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, List<Edit>> entry) ->
                                entry.getValue().size())
                        .reversed())
                .limit(10)
                .map(Map.Entry::getKey)
                .toList());
    }

    private static List<String> names(JsonNode rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> row.get(0).asText())
                .toList();
    }

    private static JsonNode first(JsonNode answers, String name) {
        return answers.at("/" + name + "/rows/0");
    }

    private static JsonNode json(String file) {
        return Platform.parse(Platform.read(shared(file)));
    }

    private static Path shared(String file) {
        var path = Repository.sharedData(file);
        assumeTrue(path.isPresent(), "no real data beside the checkout");
        return path.orElseThrow();
    }
}
