package example;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.List;

public interface Sums<A, B> extends RequestHandler<List<B>, A> {}
