package lamina.runtime;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogFormat;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A function's logger, by AWS_LAMBDA_LOG_FORMAT and AWS_LAMBDA_LOG_LEVEL. Each event ends its line. */
public final class FunctionLogger implements LambdaLogger {
    public static final FunctionLogger SHARED =
            new FunctionLogger(LogFormat.fromString(System.getenv("AWS_LAMBDA_LOG_FORMAT")), System.getenv("AWS_LAMBDA_LOG_LEVEL"));

    private final LogFormat format;
    private final LogLevel minimum;
    private volatile InvocationContext context;

    private FunctionLogger(LogFormat format, String minimum) {
        this.format = format;
        this.minimum = minimum == null ? LogLevel.UNDEFINED : LogLevel.fromString(minimum);
    }

    /** Events name the request of this invocation from now on. */
    void begin(InvocationContext context) {
        this.context = context;
    }

    /** Tells of an error, as the runtime itself. */
    void error(String text) {
        log(text, format == LogFormat.JSON ? LogLevel.ERROR : LogLevel.UNDEFINED);
    }

    @Override
    public void log(String message) {
        log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(byte[] message) {
        log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(String message, LogLevel level) {
        if (!isWritten(level)) return;
        if (format == LogFormat.JSON) write(structured(message, level));
        else write((level == LogLevel.UNDEFINED ? "" : "[" + level + "] ") + message);
    }

    @Override
    public void log(byte[] message, LogLevel level) {
        if (isWritten(level)) write(message);
    }

    private boolean isWritten(LogLevel level) {
        return level == LogLevel.UNDEFINED || level.ordinal() >= minimum.ordinal();
    }

    private String structured(String message, LogLevel level) {
        JsonWriter json = new JsonWriter().open('{');
        json.name("timestamp").string(time());
        json.name("message").string(String.valueOf(message)).name("level").string(level.name());
        InvocationContext current = context;
        if (current != null) json.name("AWSRequestId").string(current.getAwsRequestId());
        return new String(json.close('}').bytes(), StandardCharsets.UTF_8);
    }

    /** With milliseconds, always. */
    private static String time() {
        String text = Instant.ofEpochMilli(System.currentTimeMillis()).toString();
        return text.indexOf('.') >= 0 ? text : text.substring(0, text.length() - 1) + ".000Z";
    }

    private static void write(String line) {
        write(line.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(byte[] message) {
        byte[] line = message;
        if (message.length == 0 || message[message.length - 1] != '\n') {
            line = java.util.Arrays.copyOf(message, message.length + 1);
            line[message.length] = '\n';
        }
        System.out.write(line, 0, line.length);
        System.out.flush();
    }
}
