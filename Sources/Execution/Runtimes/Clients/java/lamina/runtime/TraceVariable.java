package lamina.runtime;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The variable _X_AMZN_TRACE_ID, which AWS's runtimes before Java 17 set for each invocation. */
final class TraceVariable {
    private static final String NAME = "_X_AMZN_TRACE_ID";
    private static final List<String> RUNTIMES = Arrays.asList("AWS_Lambda_java8", "AWS_Lambda_java8.al2", "AWS_Lambda_java11");
    /** Null for other runtimes. */
    private static final Map<String, String> VARIABLES = RUNTIMES.contains(System.getenv("AWS_EXECUTION_ENV")) ? variables() : null;

    private TraceVariable() {}

    static void set(String value) {
        if (VARIABLES == null) return;
        if (value != null) VARIABLES.put(NAME, value);
        else VARIABLES.remove(NAME);
    }

    /** The map behind System.getenv, which new processes get too; null where the JVM does not give it away. */
    @SuppressWarnings("unchecked")
    private static Map<String, String> variables() {
        try {
            Map<String, String> view = System.getenv();
            Field field = view.getClass().getDeclaredField("m");
            field.setAccessible(true);
            return (Map<String, String>) field.get(view);
        } catch (ReflectiveOperationException | RuntimeException error) {
            return null;
        }
    }
}
