package dev.headgate.netty;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.AfterClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.BeforeClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs a class once over each protocol that clients may speak; a {@link GuardedEdge} follows by itself. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(EachProtocol.Provider.class)
@interface EachProtocol {
    /** A test of what only the bytes of HTTP/1.1 can say. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Http1Only {}

    final class Provider implements ClassTemplateInvocationContextProvider {
        @Override
        public boolean supportsClassTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(ExtensionContext context) {
            return Stream.of(Spoken.values()).map(Invocation::new);
        }
    }

    /** The class, over one protocol. */
    record Invocation(Spoken spoken) implements ClassTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return spoken.name();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(
                    (BeforeClassTemplateInvocationCallback) context -> Spoken.current = spoken,
                    (AfterClassTemplateInvocationCallback) context -> Spoken.current = Spoken.HTTP_1,
                    (ExecutionCondition) this::condition);
        }

        private ConditionEvaluationResult condition(ExtensionContext context) {
            boolean only = AnnotationSupport.isAnnotated(context.getElement(), Http1Only.class);
            return only && spoken.isHttp2()
                    ? ConditionEvaluationResult.disabled("HTTP/2 cannot say it")
                    : ConditionEvaluationResult.enabled("");
        }
    }
}
