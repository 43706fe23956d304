package dev.headgate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.headgate.capture.Capture;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packages of the app use the core, and only {@code app} puts them together. */
class PackagesTest {
    private static final List<String> ALL =
            List.of("admin", "app", "capture", "config", "observe", "replay", "sandbox");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.headgate");

    static Stream<ArchRule> rules() {
        return Stream.of(
                uses("admin", "observe"),
                uses("capture"),
                uses("config"),
                uses("observe", "capture"),
                uses("replay"),
                uses("sandbox"),
                noClasses()
                        .that()
                        .resideInAPackage("dev.headgate.replay")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("dev.headgate.replay.compare"));
    }

    private static ArchRule uses(String user, String... used) {
        String[] others = ALL.stream()
                .filter(name -> !name.equals(user) && !Arrays.asList(used).contains(name))
                .map(name -> "dev.headgate." + name + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage("dev.headgate." + user + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void looksAtOurClasses() {
        assertThat(CLASSES.contain(Capture.class)).isTrue();
        assertThat(CLASSES.contain(PackagesTest.class)).isFalse();
    }
}
