package lamina.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The Runtime API, 2018-06-01, as a runtime uses it. */
final class RuntimeApi {
    private static final String ROOT = "/2018-06-01/runtime/";

    private final HttpConnection connection;

    /** @param address of AWS_LAMBDA_RUNTIME_API */
    RuntimeApi(String address) {
        connection = new HttpConnection(address);
    }

    /** Waits for the next invocation. */
    Invocation next() throws IOException {
        HttpConnection.Response response = connection.get(ROOT + "invocation/next");
        if (response.status != 200) throw failed("refuses to give an invocation", response);
        return new Invocation(response.headers, response.body);
    }

    /** Answers an invocation. Refusals (a late answer, one that is too large) are the API's to tell. */
    void respond(String requestId, byte[] body) throws IOException {
        connection.post(ROOT + "invocation/" + requestId + "/response", "", body);
    }

    void fail(String requestId, Failure failure) throws IOException {
        connection.post(ROOT + "invocation/" + requestId + "/error", headers(failure), failure.json());
    }

    void failInit(Failure failure) throws IOException {
        connection.post(ROOT + "init/error", headers(failure), failure.json());
    }

    private static String headers(Failure failure) {
        return "Lambda-Runtime-Function-Error-Type: " + failure.kind() + "\r\n";
    }

    private static IOException failed(String what, HttpConnection.Response response) {
        String body = new String(response.body, StandardCharsets.UTF_8);
        return new IOException("the Runtime API " + what + ": " + response.status + " " + body);
    }
}
