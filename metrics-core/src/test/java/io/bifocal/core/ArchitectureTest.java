package io.bifocal.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The core knows no engine, server or driver, and its packages stand in one order. */
class ArchitectureTest {
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

    @Test
    void hasNoCyclesOfPackages() {
        slices().matching("io.bifocal.core.(*)..").should().beFreeOfCycles().check(CORE);
    }
}
