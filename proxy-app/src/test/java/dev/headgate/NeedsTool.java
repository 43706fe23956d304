package dev.headgate;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A test that runs programs of others. Where one is missing it is left out, but not where {@code CI} is set: there all
 * of them are installed, or the test fails.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsTool.Condition.class)
public @interface NeedsTool {
    /** Their names on the path. */
    String[] value();

    /** Decides. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            List<String> missing = AnnotationSupport.findAnnotation(context.getElement(), NeedsTool.class).stream()
                    .flatMap(needs -> Arrays.stream(needs.value()))
                    .filter(tool -> !isOnPath(tool))
                    .toList();
            return missing.isEmpty() || System.getenv("CI") != null
                    ? ConditionEvaluationResult.enabled("")
                    : ConditionEvaluationResult.disabled("not installed: " + String.join(", ", missing));
        }

        private static boolean isOnPath(String tool) {
            return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                    .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
        }
    }
}
