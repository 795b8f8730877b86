package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

public class FailsInClass implements RequestHandler<String, String> {
    private static final int NUMBER = Integer.parseInt("none");

    @Override
    public String handleRequest(String event, Context context) {
        return event + NUMBER;
    }
}
