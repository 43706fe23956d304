package dev.headgate.sandbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class SandboxIndependenceTest {
    @Test
    void theOracleUsesNothingOfWhatItJudges() {
        noClasses()
                .that()
                .resideInAPackage("dev.headgate.sandbox..")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are Headgate's, but not the sandbox's",
                        type -> type.getPackageName().startsWith("dev.headgate")
                                && !type.getPackageName().startsWith("dev.headgate.sandbox")))
                .check(new ClassFileImporter().importPackages("dev.headgate.sandbox"));
    }
}
