package example;

import com.amazonaws.services.lambda.runtime.Context;
import java.util.List;

public abstract class Summing<T> implements Sums<Long, T> {
    public abstract long add(List<T> numbers);

    @Override
    public Long handleRequest(List<T> numbers, Context context) {
        return add(numbers);
    }
}
