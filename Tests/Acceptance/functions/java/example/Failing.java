package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;

public class Failing implements RequestHandler<String, Integer> {
    public static class Custom extends RuntimeException {}

    private int calls;

    @Override
    public Integer handleRequest(String event, Context context) {
        calls++;
        switch (event) {
            case "ok":
                return calls;
            case "exit":
                System.exit(3);
                return null;
            case "stack":
                return handleRequest(event, context) + 1;
            case "heap":
                return new byte[Integer.MAX_VALUE / 2].length;
            default:
                return fail(event);
        }
    }

    private int fail(String event) {
        if (event.equals("null")) throw new Custom();
        throw new IllegalStateException("outer", new IOException("inner"));
    }
}
