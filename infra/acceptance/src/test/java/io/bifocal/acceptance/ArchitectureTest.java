package io.bifocal.acceptance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dependency rules of docs/ARCHITECTURE.md, held against the compiled classes of every module. */
class ArchitectureTest {
    private static final List<String> MODULES = List.of(
            "metrics-core",
            "metrics-spark",
            "metrics-cassandra",
            "reconciliation",
            "speed-layer",
            "batch-layer",
            "serving-layer",
            "infra/local-servers",
            "infra/launcher");
    private static final List<String> LAYERS = List.of("speed", "batch", "serving", "reconciliation");
    private static final String SPARK = "org.apache.spark..";
    private static final String DRIVER = "com.datastax..";
    private static final String DELTA = "io.delta..";
    private static final String QUARKUS = "io.quarkus..";
    private static final String KAFKA = "org.apache.kafka..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importPaths(MODULES.stream().map(ArchitectureTest::classes).toList());

    private static Path classes(String module) {
        Path classes = Repository.ROOT.resolve(module).resolve("target/classes");
        assertThat(Files.isDirectory(classes)).as("%s is compiled", classes).isTrue();
        return classes;
    }

    @Test
    void layersNeverImportEachOther() {
        for (String layer : LAYERS) {
            // Whoever publishes compares before it does (docs/adr/0005): the one import there is.
            String library = layer.equals("batch") ? "reconciliation" : "";
            String[] others = LAYERS.stream()
                    .filter(other -> !other.equals(layer) && !other.equals(library))
                    .map(other -> "io.bifocal." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("io.bifocal." + layer + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    /** But for the leash, which ends a child process with its parent: whoever starts processes needs it. */
    @Test
    void nothingBelowInfraKnowsIt() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.bifocal.infra..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.bifocal.infra..").and(not(simpleName("Leash"))))
                .check(CLASSES);
    }

    @Test
    void theCoreSeesNoEngineAndNoServer() {
        refuse(
                "io.bifocal.core..",
                SPARK,
                DRIVER,
                DELTA,
                QUARKUS,
                KAFKA,
                "io.bifocal.spark..",
                "io.bifocal.cassandra..");
    }

    @Test
    void onlyTheSparkLayersSeeSparkAndOnlyTheBatchLayerSeesDelta() {
        refuse("io.bifocal.cassandra..", SPARK, DELTA, QUARKUS, "io.bifocal.spark..");
        refuse("io.bifocal.serving..", SPARK, DELTA, "io.bifocal.spark..");
        refuse("io.bifocal.speed..", DELTA, QUARKUS);
        refuse("io.bifocal.spark..", DELTA, QUARKUS, DRIVER, "io.bifocal.cassandra..");
        refuse("io.bifocal.batch..", QUARKUS);
    }

    private static void refuse(String from, String... to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to)
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}
