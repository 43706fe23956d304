package dev.headgate;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.headgate.http.HeadParser;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between packages, {@code netty -> gate -> session -> profile -> http}, go one way. */
class ArchitectureTest {
    private static final String[] JDK = {"java..", "javax..", "org.jspecify.annotations.."};
    private static final String HTTP = "dev.headgate.http..";
    private static final String PROFILE = "dev.headgate.profile..";
    private static final String SESSION = "dev.headgate.session..";
    private static final String GATE = "dev.headgate.gate";
    private static final String CHECK = "dev.headgate.gate.check..";
    private static final String[] PURE = {HTTP, PROFILE, GATE, CHECK};

    /** What does no I/O where it lives: the mark on every enum and exception, arrays in disguise, notations. */
    private static final Set<String> NO_IO = Set.of(
            "java.io.Serializable",
            "java.io.ByteArrayOutputStream",
            "java.io.ByteArrayInputStream",
            "java.net.IDN",
            "java.net.URI",
            "java.net.URISyntaxException",
            "java.net.URLDecoder",
            "java.net.URLEncoder");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.headgate");

    static Stream<ArchRule> rules() {
        return Stream.of(
                uses(HTTP, HTTP),
                uses(PROFILE, PROFILE, HTTP, "tools.jackson.core.."),
                uses(SESSION, SESSION, PROFILE, HTTP, "com.github.benmanes.caffeine.cache.."),
                uses(GATE, GATE, SESSION, PROFILE, HTTP),
                uses(CHECK, CHECK, GATE, SESSION, PROFILE, HTTP),
                noClasses()
                        .that()
                        .resideOutsideOfPackage("dev.headgate.netty..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.netty.."),
                noClasses().should().dependOnClassesThat().resideInAPackage("dev.headgate.app.."),
                noClasses()
                        .that()
                        .resideInAnyPackage(PURE)
                        .should()
                        .dependOnClassesThat(describe("do I/O or start threads", ArchitectureTest::isOutside)),
                noClasses()
                        .that()
                        .resideInAnyPackage(PURE)
                        .should()
                        .accessTargetWhere(describe("a clock is read", access -> isClock(access.getTarget()))));
    }

    private static ArchRule uses(String user, String... used) {
        String[] allowed =
                Stream.concat(Arrays.stream(used), Arrays.stream(JDK)).toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(user)
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.or(
                        JavaClass.Predicates.resideInAnyPackage(allowed),
                        describe(
                                "are arrays of primitives or primitives",
                                c -> c.getBaseComponentType().isPrimitive())));
    }

    private static boolean isOutside(JavaClass c) {
        String inPackage = c.getPackageName();
        return (inPackage.equals("java.io") || inPackage.equals("java.net")) && !NO_IO.contains(c.getName())
                || inPackage.startsWith("java.nio.file")
                || inPackage.startsWith("java.nio.channels")
                || inPackage.startsWith("java.util.concurrent")
                        && c.getSimpleName().contains("Executor")
                || c.isEquivalentTo(Thread.class);
    }

    private static boolean isClock(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        return owner.equals("java.lang.System") && (name.equals("currentTimeMillis") || name.equals("nanoTime"))
                || owner.equals("java.time.Clock")
                || owner.startsWith("java.time.") && name.equals("now")
                || owner.equals("java.util.Date") && name.equals("<init>");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }

    @Test
    void looksAtOurClasses() {
        assertThat(CLASSES.contain(HeadParser.class)).isTrue();
        assertThat(CLASSES.contain(ArchitectureTest.class)).isFalse();
    }
}
