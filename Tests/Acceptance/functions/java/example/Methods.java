package example;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

public class Methods {
    public enum Color {
        RED
    }

    public static class Nested {
        private int amount;
        public List<String> tags = new ArrayList<>();

        public int getAmount() {
            return amount;
        }

        public void setAmount(int amount) {
            this.amount = amount;
        }
    }

    public static class Event {
        private String name;
        private Nested nested;
        public Color color;
        public String absent;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public Nested getNested() {
            return nested;
        }

        public void setNested(Nested nested) {
            this.nested = nested;
        }
    }

    public class Inner {
        public void run() {}
    }

    public String text(String event) {
        return event + "!";
    }

    public String textWithContext(String event, Context context) {
        return event + " " + System.getenv("_HANDLER");
    }

    public static Integer fixed(Integer event) {
        return event * 2;
    }

    public String nothing() {
        return "nothing";
    }

    public int contextOnly(Context context) {
        return context.getMemoryLimitInMB();
    }

    public void streams(InputStream input, OutputStream output) throws IOException {
        for (int next = input.read(); next >= 0; next = input.read()) output.write(next);
    }

    public void streamsWithContext(InputStream input, OutputStream output, Context context) throws IOException {
        streams(input, output);
    }

    public void inputOnly(InputStream input) {}

    public static void outputOnly(OutputStream output, Context context) throws IOException {
        output.write("\"written\"".getBytes(StandardCharsets.UTF_8));
    }

    public void empty(String event) {}

    public String overloaded() {
        return "none";
    }

    public String overloaded(String event) {
        return "alone";
    }

    public String overloaded(String event, Context context) {
        return "with context";
    }

    public String overloaded(String event, String other) {
        return "unfit";
    }

    public double number(double event) {
        return event * 2;
    }

    public boolean truth(boolean event) {
        return !event;
    }

    public TreeSet<String> strings(List<String> event) {
        return new TreeSet<>(event);
    }

    public Map<String, Integer> generic(Map<String, List<Integer>> event) {
        Map<String, Integer> sums = new TreeMap<>();
        for (Map.Entry<String, List<Integer>> entry : event.entrySet()) {
            int sum = 0;
            for (int number : entry.getValue()) sum += number;
            sums.put(entry.getKey(), sum);
        }
        return sums;
    }

    public Event pojo(Event event) {
        event.name = event.name.toUpperCase();
        event.nested.amount++;
        event.nested.tags.add("new");
        event.color = Color.RED;
        return event;
    }

    public Object echo(Object event) {
        return event;
    }

    public List<Object> endless(String event) {
        List<Object> list = new ArrayList<>();
        list.add(list);
        return list;
    }

    public String failing(String event) {
        throw new UnsupportedOperationException();
    }

    public String unfit(Context context, String event) {
        return event;
    }
}
