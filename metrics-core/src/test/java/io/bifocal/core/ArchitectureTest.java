package io.bifocal.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The core knows no engine, server or driver, and its packages stand in one order. */
class ArchitectureTest {
    private static final String ROOT = "io.bifocal.core.";

    private static final List<String> ORDER = List.of(
            "error",
            "time",
            "config",
            "job",
            "reconciliation",
            "model",
            "aggregate",
            "view",
            "cut",
            "ledger",
            "query",
            "accuracy");

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.bifocal.core");

    @Test
    void dependsOnTheJdkAndThreeLibrariesAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.bifocal.core..",
                        "java..",
                        "org.apache.datasketches..",
                        "com.fasterxml.jackson..",
                        "org.snakeyaml.engine..")
                .check(CORE);
    }

    @Test
    void readsYamlInThePackageOfModelFilesAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.bifocal.core.model..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.snakeyaml.engine..")
                .check(CORE);
    }

    @Test
    void usesSketchesInThePackageOfAggregatesAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.bifocal.core.aggregate..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.datasketches..")
                .check(CORE);
    }

    /** A package knows those before it alone, so there are no cycles. */
    @TestFactory
    Stream<DynamicTest> keepsThePackagesInTheirOrder() {
        return IntStream.range(0, ORDER.size() - 1)
                .mapToObj(i -> dynamicTest(ORDER.get(i), () -> noClasses()
                        .that()
                        .resideInAPackage(under(ORDER.get(i)))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(ORDER.stream()
                                .skip(i + 1)
                                .map(ArchitectureTest::under)
                                .toArray(String[]::new))
                        .check(CORE)));
    }

    @Test
    void knowsThePlaceOfEachPackage() {
        assertThat(CORE.stream()
                        .map(JavaClass::getPackageName)
                        .map(name -> name.substring(ROOT.length()).replaceFirst("\\..*", ""))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(ORDER);
    }

    private static String under(String name) {
        return ROOT + name + "..";
    }
}
