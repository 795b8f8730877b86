package lamina.runtime;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;

/** A runtime of Java: loads the function that _HANDLER names and runs its invocations, one after the other. */
public final class Main {
    private static final String TRACE = "com.amazonaws.xray.traceHeader";

    private Main() {}

    public static void main(String[] arguments) throws IOException {
        System.setOut(stream(FileDescriptor.out));
        System.setErr(stream(FileDescriptor.err));
        RuntimeApi api = new RuntimeApi(System.getenv("AWS_LAMBDA_RUNTIME_API"));
        Handler handler;
        try {
            ClassLoader loader = FunctionClassLoader.of(System.getProperty("user.dir"), "/opt/java");
            Thread.currentThread().setContextClassLoader(loader);
            handler = HandlerLoader.load(System.getenv("_HANDLER"), loader);
        } catch (Failure failure) {
            FunctionLogger.SHARED.error(failure.text());
            api.failInit(failure);
            System.exit(1);
            return;
        }
        while (run(handler, api)) continue;
        // Threads of the function do not hold it.
        System.exit(1);
    }

    /** Runs one invocation; false when the process cannot go on. */
    static boolean run(Handler handler, RuntimeApi api) throws IOException {
        Invocation invocation = api.next();
        if (invocation.traceId() != null) System.setProperty(TRACE, invocation.traceId());
        else System.clearProperty(TRACE);
        TraceVariable.set(invocation.traceId());
        byte[] answer = null;
        Failure failure = null;
        try {
            InvocationContext context = new InvocationContext(invocation);
            FunctionLogger.SHARED.begin(context);
            Log4j.begin(context.getAwsRequestId());
            answer = handler.call(invocation.payload, context);
        } catch (Failure broken) {
            failure = broken;
        } catch (Throwable thrown) {
            failure = Failure.of(thrown);
        }
        // The function's own threads may have interrupted this one.
        Thread.interrupted();
        if (failure == null) {
            api.respond(invocation.requestId(), answer);
            return true;
        }
        // Before the answer, with which the invocation's log ends.
        FunctionLogger.SHARED.error(failure.text());
        api.fail(invocation.requestId(), failure);
        return !failure.isFatal;
    }

    /** One that writes at once, in UTF-8, whatever the locale. */
    private static PrintStream stream(FileDescriptor descriptor) throws IOException {
        return new PrintStream(new FileOutputStream(descriptor), false, "UTF-8");
    }
}
