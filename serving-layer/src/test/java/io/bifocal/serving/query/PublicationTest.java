package io.bifocal.serving.query;

import static io.bifocal.core.query.Shop.sale;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.bifocal.core.model.Definition;
import io.bifocal.core.query.Shop;
import io.bifocal.core.query.Shop.Sale;
import io.bifocal.serving.ServerTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A publication is one step: an answer has all of the old or all of the new, over every bucket of it. */
@QuarkusTest
class PublicationTest extends ServerTest {
    private static final int DAYS = 20;
    private static final int ROUNDS = 12;
    private static final int READERS = 3;

    @Test
    void answersHaveAllOfTheOldOrAllOfTheNew() throws Exception {
        Definition definition = Shop.definition(unique(), List.of());
        application.put(definition);
        String model = definition.model().name();
        Shop shop = new Shop(storage.manifests(), storage.views(), definition);
        shop.live(aSaleADay());
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Integer>> reading = IntStream.range(0, READERS)
                    .mapToObj(i -> readers.submit(reader(model, done)))
                    .toList();
            for (int round = 0; round < ROUNDS; round++) {
                if (round % 3 == 2) {
                    shop.recompute();
                } else {
                    shop.live(aSaleADay());
                }
            }
            done.set(true);
            for (Future<Integer> each : reading) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isPositive();
            }
        } finally {
            done.set(true);
            readers.shutdownNow();
        }
        assertThat(sales(model))
                .containsExactlyElementsOf(IntStream.range(0, DAYS)
                        .mapToObj(day -> 1 + ROUNDS - ROUNDS / 3)
                        .toList());
    }

    /** Each answer has as many sales on every day, and never fewer than the one before. */
    private static Callable<Integer> reader(String model, AtomicBoolean done) {
        return () -> {
            int least = 1;
            int answers = 0;
            do {
                List<Integer> sales = sales(model);
                assertThat(sales).hasSize(DAYS);
                assertThat(Set.copyOf(sales)).as("sales of each day").hasSize(1);
                assertThat(sales.get(0)).isGreaterThanOrEqualTo(least);
                least = sales.get(0);
                answers++;
            } while (!done.get());
            return answers;
        };
    }

    private static List<Integer> sales(String model) {
        Response answer = given().queryParam("model", model)
                .queryParam("metrics", "sales")
                .queryParam("granularity", "day")
                .get("/api/v1/query");
        answer.then().statusCode(200);
        return answer.path("data.sales");
    }

    private static List<Sale> aSaleADay() {
        List<Sale> sales = new ArrayList<>();
        for (int day = 1; day <= DAYS; day++) {
            sales.add(sale("2026-01-%02dT12:00:00Z".formatted(day), "FR", 1));
        }
        return sales;
    }
}
