package lamina.runtime;

import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Makes values that JSON writes as one token, with the conversions that AWS's runtime does in silence. */
final class ScalarReader {
    private static final Set<String> NAMES = new HashSet<>(Arrays.asList(
            "java.io.File", "java.lang.Boolean", "java.lang.Byte", "java.lang.CharSequence", "java.lang.Character", "java.lang.Double",
            "java.lang.Float", "java.lang.Integer", "java.lang.Long", "java.lang.Number", "java.lang.Short", "java.lang.String",
            "java.math.BigDecimal", "java.math.BigInteger", "java.net.URI", "java.net.URL", "java.nio.ByteBuffer", "java.util.Date",
            "java.util.Locale", "java.util.UUID"));

    private ScalarReader() {}

    static boolean reads(Class<?> type) {
        String name = type.getName();
        return type.isPrimitive() || NAMES.contains(name) || TimeReader.reads(name) || type == byte[].class || type == char[].class;
    }

    /** What null is as a value of a type: zero or false for a primitive one. */
    static Object nothing(Class<?> type) {
        if (!type.isPrimitive()) return null;
        if (type == boolean.class) return false;
        if (type == char.class) return '\0';
        return number(0, type);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static Object read(Object value, Class<?> type) throws JsonException {
        if (TimeReader.reads(type.getName())) return TimeReader.read(value, type);
        if (value instanceof Map || value instanceof List) throw ObjectReader.mismatch(value, type);
        if (type == String.class || type == CharSequence.class) return value.toString();
        if (type.isEnum()) return constant(value, (Class) type);
        String text = value.toString().trim();
        if (type == char.class || type == Character.class) {
            if (value instanceof Number) return (char) ((Number) value).intValue();
            if (value.toString().length() == 1) return value.toString().charAt(0);
        }
        if (type == char[].class) return value.toString().toCharArray();
        if (text.isEmpty()) return nothing(type);
        if (type == boolean.class || type == Boolean.class) return truth(value, text, type);
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) return number(value, text, type);
        if (!(value instanceof String) && type != Date.class) throw ObjectReader.mismatch(value, type);
        return other(value, text, type);
    }

    private static <E extends Enum<E>> E constant(Object value, Class<E> type) {
        if (value instanceof Integer) {
            int ordinal = (Integer) value;
            E[] all = type.getEnumConstants();
            return ordinal >= 0 && ordinal < all.length ? all[ordinal] : null;
        }
        try {
            return Enum.valueOf(type, value.toString().trim());
        } catch (IllegalArgumentException unknown) {
            return null;
        }
    }

    private static Boolean truth(Object value, String text, Class<?> type) throws JsonException {
        if (value instanceof Boolean) return (Boolean) value;
        if (value instanceof Number && !(value instanceof BigDecimal)) return ((Number) value).longValue() != 0;
        if (text.equals("true") || text.equals("True") || text.equals("TRUE")) return true;
        if (text.equals("false") || text.equals("False") || text.equals("FALSE")) return false;
        throw weird(text, type, "only \"true\"/\"True\"/\"TRUE\" or \"false\"/\"False\"/\"FALSE\" recognized");
    }

    private static Object number(Object value, String text, Class<?> type) throws JsonException {
        if (value instanceof Boolean) throw ObjectReader.mismatch(value, type);
        Number number;
        if (value instanceof Number) {
            number = (Number) value;
        } else {
            try {
                number = parsed(text, type);
            } catch (NumberFormatException error) {
                throw weird(text, type, "not a valid `" + type.getName() + "` value");
            }
        }
        if (type == BigDecimal.class) return number instanceof BigDecimal ? number : new BigDecimal(number.toString());
        if (type == Number.class) return number instanceof BigDecimal ? (Number) number.doubleValue() : number;
        if (type == BigInteger.class) return integer(number);
        if (!isFraction(type) && !fits(number, type)) {
            String name = type.getSimpleName().toLowerCase(Locale.ROOT).replace("integer", "int");
            String range = name + " (" + minimum(type) + " - " + maximum(type) + ")";
            throw new JsonException("Numeric value (" + text + ") out of range of " + range);
        }
        return number(isFraction(type) ? number : (Number) whole(number), type);
    }

    /** Keeps each digit of a whole number. */
    private static Number parsed(String text, Class<?> type) {
        if (type == BigDecimal.class) return new BigDecimal(text);
        if (isFraction(type) && (type != Number.class || !isWhole(text))) return Double.valueOf(text);
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException error) {
            return new BigInteger(text);
        }
    }

    private static boolean isWhole(String text) {
        for (int index = text.charAt(0) == '-' && text.length() > 1 ? 1 : 0; index < text.length(); index++)
            if (text.charAt(index) < '0' || text.charAt(index) > '9') return false;
        return true;
    }

    private static boolean isFraction(Class<?> type) {
        return type == double.class || type == Double.class || type == float.class || type == Float.class || type == BigDecimal.class
                || type == Number.class;
    }

    private static boolean fits(Number number, Class<?> type) {
        if (number instanceof BigInteger) return false;
        if (!(number instanceof BigDecimal)) return number.longValue() >= minimum(type) && number.longValue() <= maximum(type);
        BigDecimal value = (BigDecimal) number;
        return value.compareTo(BigDecimal.valueOf(minimum(type))) >= 0 && value.compareTo(BigDecimal.valueOf(maximum(type))) <= 0;
    }

    private static long whole(Number number) {
        return number instanceof BigDecimal ? (long) number.doubleValue() : number.longValue();
    }

    private static BigInteger integer(Number number) throws JsonException {
        if (number instanceof BigInteger) return (BigInteger) number;
        if (!(number instanceof BigDecimal)) return BigInteger.valueOf(number.longValue());
        if (((BigDecimal) number).scale() < -1000) throw new JsonException("Numeric value (" + number + ") out of range of BigInteger");
        return ((BigDecimal) number).toBigInteger();
    }

    private static long minimum(Class<?> type) {
        if (type == byte.class || type == Byte.class) return Byte.MIN_VALUE;
        if (type == short.class || type == Short.class) return Short.MIN_VALUE;
        return type == int.class || type == Integer.class ? Integer.MIN_VALUE : Long.MIN_VALUE;
    }

    private static long maximum(Class<?> type) {
        if (type == byte.class || type == Byte.class) return 255;
        if (type == short.class || type == Short.class) return Short.MAX_VALUE;
        return type == int.class || type == Integer.class ? Integer.MAX_VALUE : Long.MAX_VALUE;
    }

    private static Number number(Number value, Class<?> type) {
        if (type == int.class || type == Integer.class) return value.intValue();
        if (type == long.class || type == Long.class) return value.longValue();
        if (type == double.class || type == Double.class) return value.doubleValue();
        if (type == float.class || type == Float.class) return value.floatValue();
        return type == short.class || type == Short.class ? (Number) value.shortValue() : (Number) value.byteValue();
    }

    private static Object other(Object value, String text, Class<?> type) throws JsonException {
        try {
            switch (type.getName()) {
                case "[B":
                    return Base64.getDecoder().decode(text);
                case "java.nio.ByteBuffer":
                    return ByteBuffer.wrap(Base64.getDecoder().decode(text));
                case "java.util.UUID":
                    return UUID.fromString(text);
                case "java.util.Date":
                    return TimeReader.date(value, text);
                case "java.util.Locale":
                    return Locale.forLanguageTag(text.replace('_', '-'));
                case "java.net.URI":
                    return URI.create(text);
                case "java.net.URL":
                    return new URL(text);
                default:
                    return new File(text);
            }
        } catch (java.io.IOException | RuntimeException error) {
            throw weird(text, type, String.valueOf(error.getMessage()));
        }
    }

    static JsonException weird(String text, Class<?> type, String reason) {
        return new JsonException("Cannot deserialize value of type `" + type.getTypeName() + "` from String \"" + text + "\": " + reason);
    }
}
