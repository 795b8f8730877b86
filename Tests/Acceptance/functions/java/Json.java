package lamina.runtime;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Reads JSON as a type and writes what came of it, for each line of the input: a field's name of {@link Types}, a tab, and the JSON. */
public final class Json {
    public enum Color {
        RED,
        GREEN
    }

    public static class Named {
        private String name;
        private transient int seen;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public boolean isLong() {
            return name != null && name.length() > 3;
        }

        public String getURL() {
            return null;
        }
    }

    public static class Order extends Named {
        public int count;
        public List<Named> lines;
        public Map<Color, Double> prices;
        public Optional<String> note;
        public byte[] bytes;
        public Color color;
        public final String kind = "order";
    }

    public static class Box<T> {
        public T value;
        private List<T> more;

        public List<T> getMore() {
            return more;
        }

        public void setMore(List<T> more) {
            this.more = more;
        }
    }

    public static class NamedBox extends Box<Named> {}

    static class Hidden {
        public int number;

        private Hidden() {}
    }

    public static class NoDefault {
        public NoDefault(int number) {}
    }

    public abstract static class Shape {}

    public static class Loop {
        public Loop getSelf() {
            return this;
        }
    }

    static final class Types {
        Object untyped;
        String string;
        int integer;
        Integer box;
        long whole;
        byte octet;
        double real;
        float single;
        boolean truth;
        char character;
        Number number;
        java.math.BigInteger big;
        java.math.BigDecimal decimal;
        List<Integer> integers;
        Set<String> strings;
        int[] array;
        String[][] table;
        List<Map<String, Order>> deep;
        Map<Integer, String> keys;
        java.util.SortedMap<String, Object> sorted;
        java.util.ArrayDeque<Integer> deque;
        java.util.TreeSet<String> ordered;
        java.util.concurrent.ConcurrentHashMap<String, String> concurrent;
        java.util.EnumMap<Color, Integer> byColor;
        Named named;
        Order order;
        Box<Order> boxed;
        NamedBox inherited;
        Hidden hidden;
        NoDefault noDefault;
        Shape shape;
        Color color;
        Date date;
        UUID uuid;
        java.time.Instant instant;
        java.time.LocalDate day;
        java.time.LocalDateTime moment;
        java.time.Duration duration;
        java.net.URI uri;
    }

    private Json() {}

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] parts = line.split("\t", 2);
            String answer;
            try {
                if (parts[0].equals("loop")) {
                    answer = new String(ObjectWriter.write(new Loop()), StandardCharsets.UTF_8);
                } else {
                    Field field = Types.class.getDeclaredField(parts[0]);
                    Object value = ObjectReader.read(parts[1].getBytes(StandardCharsets.UTF_8), field.getGenericType());
                    answer = new String(ObjectWriter.write(value), StandardCharsets.UTF_8);
                }
            } catch (JsonException error) {
                answer = "!" + error.getMessage().split("\n")[0];
            }
            System.out.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
        }
        System.out.flush();
    }
}
