package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;

public class Levels implements RequestHandler<Object, String> {
    @Override
    public String handleRequest(Object event, Context context) {
        LambdaLogger logger = context.getLogger();
        logger.log("plain");
        logger.log("info", LogLevel.INFO);
        logger.log("two\n\"lines\"", LogLevel.ERROR);
        return null;
    }
}
