package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

public class FailsInConstructor implements RequestHandler<String, String> {
    public FailsInConstructor() {
        throw new IllegalArgumentException("constructor");
    }

    @Override
    public String handleRequest(String event, Context context) {
        return event;
    }
}
