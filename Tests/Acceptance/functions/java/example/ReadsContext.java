package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.HashMap;
import java.util.Map;

public class ReadsContext implements RequestHandler<String, Map<String, Object>> {
    @Override
    public Map<String, Object> handleRequest(String event, Context context) {
        Map<String, Object> told = new HashMap<>();
        told.put("request", context.getAwsRequestId());
        told.put("function", context.getFunctionName());
        told.put("version", context.getFunctionVersion());
        told.put("arn", context.getInvokedFunctionArn());
        told.put("group", context.getLogGroupName());
        told.put("stream", context.getLogStreamName());
        told.put("memory", context.getMemoryLimitInMB());
        told.put("remaining", context.getRemainingTimeInMillis());
        told.put("identity", context.getIdentity());
        told.put("trace", System.getProperty("com.amazonaws.xray.traceHeader"));
        if (context.getClientContext() == null) return told;
        told.put("title", context.getClientContext().getClient().getAppTitle());
        told.put("installation", context.getClientContext().getClient().getInstallationId());
        told.put("custom", context.getClientContext().getCustom().get("k"));
        told.put("env", context.getClientContext().getEnvironment().get("e"));
        return told;
    }
}
