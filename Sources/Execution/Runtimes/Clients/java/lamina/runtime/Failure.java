package lamina.runtime;

import java.io.IOError;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * What went wrong, as AWS's runtime tells it: an error of the function's code with its stack trace and causes, or a function that cannot
 * be run at all, with a message alone.
 */
final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    /** Causes that are told at most. */
    private static final int CAUSES = 32;

    private static final String PREFIX = Failure.class.getPackage().getName() + ".";

    /** Null where there is only a message. */
    private final String type;

    private final String trace;
    private final Throwable thrown;

    /** Whether it ends the process, before an invocation even. */
    final boolean isFatal;

    private Failure(String message, String type, String trace, Throwable thrown, boolean isFatal) {
        super(message, null, false, false);
        this.type = type;
        this.trace = trace;
        this.thrown = thrown;
        this.isFatal = isFatal;
    }

    /** The function cannot be run. */
    static Failure because(String message) {
        return new Failure(message, null, null, null, false);
    }

    /** The function cannot be run for an error, which is told without its stack trace. */
    static Failure because(String message, Throwable error, boolean isFatal) {
        return new Failure(message, error.getClass().getName(), trace(error), null, isFatal);
    }

    /** The function's code threw. */
    static Failure of(Throwable thrown) {
        String trace = trace(thrown);
        boolean isFatal = thrown instanceof VirtualMachineError || thrown instanceof IOError;
        return new Failure(message(thrown), thrown.getClass().getName(), trace, thrown, isFatal);
    }

    /** The function's constructor threw. */
    static Failure ofInit(Throwable thrown) {
        return new Failure(message(thrown), thrown.getClass().getName(), trace(thrown), null, true);
    }

    static String message(Throwable thrown) {
        String message = thrown.getLocalizedMessage();
        return message == null ? thrown.getClass().getName() : message;
    }

    /** For the header of the Runtime API. */
    String kind() {
        return thrown == null ? "Runtime.BadFunctionCode" : "Runtime.UserException";
    }

    /** For the log. */
    String text() {
        if (type == null) return getMessage() + "\n";
        return getMessage() + ": " + type + "\n" + trace + "\n";
    }

    byte[] json() {
        JsonWriter json = new JsonWriter();
        if (thrown != null) {
            write(thrown, json, Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>()));
        } else {
            json.open('{').name("errorMessage").string(getMessage());
            if (type != null) json.name("errorType").string(type);
            json.close('}');
        }
        return json.bytes();
    }

    private static void write(Throwable error, JsonWriter json, Set<Throwable> told) {
        told.add(error);
        json.open('{').name("errorMessage").string(message(error)).name("errorType").string(error.getClass().getName());
        json.name("stackTrace").open('[');
        for (StackTraceElement element : error.getStackTrace()) json.string(element.toString());
        json.close(']');
        Throwable cause = error.getCause();
        if (cause != null && told.size() < CAUSES && !told.contains(cause)) {
            json.name("cause");
            write(cause, json, told);
        }
        json.close('}');
    }

    private static String trace(Throwable error) {
        cut(error);
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** Takes the runtime's own frames, and what is below them, from an error and those that it refers to. */
    private static void cut(Throwable error) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>());
        List<Throwable> waiting = new ArrayList<>();
        waiting.add(error);
        while (!waiting.isEmpty()) {
            Throwable next = waiting.remove(waiting.size() - 1);
            if (next == null || !seen.add(next)) continue;
            StackTraceElement[] frames = next.getStackTrace();
            for (int index = 0; index < frames.length; index++) {
                if (!frames[index].getClassName().startsWith(PREFIX)) continue;
                next.setStackTrace(java.util.Arrays.copyOf(frames, index));
                break;
            }
            waiting.add(next.getCause());
            Collections.addAll(waiting, next.getSuppressed());
        }
    }
}
