package example;

import java.util.List;

/** Its types come by way of a class and an interface. */
public class Inherited extends Summing<Integer> {
    @Override
    public long add(List<Integer> numbers) {
        long sum = 0;
        for (Integer number : numbers) sum += number;
        return sum;
    }
}
