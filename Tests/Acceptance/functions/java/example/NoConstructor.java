package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

public class NoConstructor implements RequestHandler<String, String> {
    public NoConstructor(String name) {}

    @Override
    public String handleRequest(String event, Context context) {
        return event;
    }
}
