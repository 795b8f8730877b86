package lamina.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An event and what the Runtime API tells about it. */
final class Invocation {
    final byte[] payload;
    private final Map<String, String> headers;

    /** @param headers by their names in lower case */
    Invocation(Map<String, String> headers, byte[] payload) {
        this.headers = headers;
        this.payload = payload;
    }

    String requestId() {
        return header("aws-request-id");
    }

    /** Milliseconds since 1970. */
    long deadline() {
        String text = header("deadline-ms");
        return text == null ? Long.MAX_VALUE : Long.parseLong(text);
    }

    String functionArn() {
        return header("invoked-function-arn");
    }

    String traceId() {
        return header("trace-id");
    }

    String tenantId() {
        return headers.get("lambda-runtime-aws-tenant-id");
    }

    /** JSON. */
    String clientContext() {
        return header("client-context");
    }

    /** JSON. */
    String cognitoIdentity() {
        return header("cognito-identity");
    }

    private String header(String name) {
        String value = headers.get("lambda-runtime-" + name);
        // Headers are read byte by byte, and these are in UTF-8.
        return value == null || value.isEmpty() ? null : new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
