package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.ArrayList;
import java.util.List;

public class LoadsLibraries implements RequestHandler<List<String>, List<String>> {
    @Override
    public List<String> handleRequest(List<String> paths, Context context) {
        List<String> results = new ArrayList<>();
        for (String path : paths) {
            try {
                System.load(path);
                results.add("loaded");
            } catch (UnsatisfiedLinkError error) {
                results.add(error.getMessage());
            }
        }
        return results;
    }
}
