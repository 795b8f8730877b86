package lamina.runtime;

import com.amazonaws.services.lambda.runtime.LambdaRuntimeInternal;

/** The request's id in log4j's thread context, for functions with AWS's appender. */
final class Log4j {
    private Log4j() {}

    static void begin(String requestId) {
        if (!LambdaRuntimeInternal.getUseLog4jAppender()) return;
        boolean isTold = put("org.apache.log4j.MDC", Object.class, requestId);
        isTold |= put("org.apache.logging.log4j.ThreadContext", String.class, requestId);
        if (!isTold)
            System.err.println("Customer using log4j appender but unable to load either org.apache.log4j.MDC or"
                    + " org.apache.logging.log4j.ThreadContext. Customer cannot see RequestId in log4j log lines.");
    }

    private static boolean put(String type, Class<?> value, String requestId) {
        try {
            Class<?> context = Class.forName(type, true, Thread.currentThread().getContextClassLoader());
            context.getMethod("put", String.class, value).invoke(null, "AWSRequestId", requestId);
            return true;
        } catch (ReflectiveOperationException | LinkageError missing) {
            return false;
        }
    }
}
