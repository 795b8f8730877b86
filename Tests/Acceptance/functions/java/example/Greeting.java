package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.LinkedHashMap;
import java.util.Map;

public class Greeting implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
        context.getLogger().log("logged " + event.get("name"));
        System.out.println("printed " + event.get("name"));
        System.err.println("to stderr");
        context.getLogger().log(new byte[] {'b', 'y', 't', 'e', 's', '\n'});
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("greeting", "hello " + event.get("name"));
        answer.put("list", event.get("list"));
        return answer;
    }
}
