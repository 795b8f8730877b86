package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

public class UsesMissing implements RequestHandler<Object, Integer> {
    @Override
    public Integer handleRequest(Object event, Context context) {
        return new Methods.Nested().getAmount();
    }
}
