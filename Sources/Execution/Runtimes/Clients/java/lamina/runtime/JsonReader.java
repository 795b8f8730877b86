package lamina.runtime;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259) to values: {@link Map} in the text's order, {@link List}, {@link String}, {@link Boolean}, null; whole numbers to
 * the first of {@link Integer}, {@link Long} and {@link BigInteger} that holds them, others to {@link BigDecimal}, which has no -0.0.
 */
final class JsonReader {
    static final int MAXIMUM_DEPTH = 1000;

    private static final int MAXIMUM_NUMBER = 1000;

    private final String text;
    private int position;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    static Object read(byte[] bytes) throws JsonException {
        return read(new String(bytes, StandardCharsets.UTF_8));
    }

    static Object read(String text) throws JsonException {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.skipSpace();
        if (reader.position < text.length()) throw reader.unexpected();
        return value;
    }

    private Object value() throws JsonException {
        skipSpace();
        if (position >= text.length()) throw error("Unexpected end-of-input");
        char next = text.charAt(position);
        switch (next) {
            case '{':
                return object();
            case '[':
                return array();
            case '"':
                return string();
            case 't':
                return literal("true", Boolean.TRUE);
            case 'f':
                return literal("false", Boolean.FALSE);
            case 'n':
                return literal("null", null);
            default:
                if (next == '-' || isDigit(next)) return number();
                throw unexpected();
        }
    }

    private Map<String, Object> object() throws JsonException {
        Map<String, Object> members = new LinkedHashMap<>();
        enter();
        if (skip('}')) return leave(members);
        do {
            skipSpace();
            if (position >= text.length() || text.charAt(position) != '"') throw unexpected();
            String name = string();
            if (!skip(':')) throw unexpected();
            members.put(name, value());
        } while (skip(','));
        if (!skip('}')) throw unexpected();
        return leave(members);
    }

    private List<Object> array() throws JsonException {
        List<Object> elements = new ArrayList<>();
        enter();
        if (skip(']')) return leave(elements);
        do elements.add(value());
        while (skip(','));
        if (!skip(']')) throw unexpected();
        return leave(elements);
    }

    private void enter() throws JsonException {
        position++;
        if (++depth > MAXIMUM_DEPTH) throw error(tooDeep(depth));
    }

    static String tooDeep(int depth) {
        return "Document nesting depth (" + depth + ") exceeds the maximum allowed (" + MAXIMUM_DEPTH + ")";
    }

    private <T> T leave(T value) {
        depth--;
        return value;
    }

    private String string() throws JsonException {
        int start = ++position;
        int end = start;
        while (end < text.length() && text.charAt(end) != '"' && text.charAt(end) != '\\' && text.charAt(end) >= ' ') end++;
        if (end < text.length() && text.charAt(end) == '"') {
            position = end + 1;
            return text.substring(start, end);
        }
        StringBuilder builder = new StringBuilder().append(text, start, end);
        position = end;
        while (position < text.length()) {
            char next = text.charAt(position++);
            if (next == '"') return builder.toString();
            if (next < ' ') throw error("Illegal unquoted character ((CTRL-CHAR, code " + (int) next + "))");
            builder.append(next == '\\' ? escape() : next);
        }
        throw error("Unexpected end-of-input in a string");
    }

    private char escape() throws JsonException {
        if (position >= text.length()) throw error("Unexpected end-of-input in a string");
        char kind = text.charAt(position++);
        switch (kind) {
            case '"':
            case '\\':
            case '/':
                return kind;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                int code = 0;
                for (int end = position + 4; position < end; position++) {
                    int digit = position < text.length() ? hexadecimal(text.charAt(position)) : -1;
                    if (digit < 0) throw error("Unexpected character in an escape: \\u wants four hexadecimal digits");
                    code = code * 16 + digit;
                }
                return (char) code;
            default:
                throw error("Unrecognized character escape '" + kind + "'");
        }
    }

    private static int hexadecimal(char digit) {
        if (isDigit(digit)) return digit - '0';
        if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
        return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
    }

    private Number number() throws JsonException {
        int start = position;
        if (text.charAt(position) == '-') position++;
        int first = position;
        digits();
        if (text.charAt(first) == '0' && position > first + 1) throw error("Invalid numeric value: Leading zeroes not allowed");
        boolean isWhole = true;
        if (position < text.length() && text.charAt(position) == '.') {
            isWhole = false;
            position++;
            digits();
        }
        if (position < text.length() && (text.charAt(position) | 0x20) == 'e') {
            isWhole = false;
            position++;
            if (position < text.length() && (text.charAt(position) == '+' || text.charAt(position) == '-')) position++;
            digits();
        }
        if (position - start > MAXIMUM_NUMBER)
            throw error("Number value length (" + (position - start) + ") exceeds the maximum allowed (" + MAXIMUM_NUMBER + ")");
        String digits = text.substring(start, position);
        try {
            if (isWhole) return wholeNumber(digits);
            BigDecimal value = new BigDecimal(digits);
            return value.signum() == 0 && digits.charAt(0) == '-' ? (Number) (-0.0) : value;
        } catch (NumberFormatException error) {
            throw error("Numeric value out of range: " + digits);
        }
    }

    private static Number wholeNumber(String digits) {
        if (digits.length() > 18) {
            BigInteger value = new BigInteger(digits);
            return value.bitLength() < 64 ? (Number) value.longValue() : value;
        }
        long value = Long.parseLong(digits);
        return value == (int) value ? (Number) (int) value : value;
    }

    private void digits() throws JsonException {
        int start = position;
        while (position < text.length() && isDigit(text.charAt(position))) position++;
        if (position == start) throw unexpected();
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private <T> T literal(String word, T value) throws JsonException {
        if (!text.startsWith(word, position)) throw unexpected();
        position += word.length();
        return value;
    }

    private boolean skip(char character) {
        skipSpace();
        if (position >= text.length() || text.charAt(position) != character) return false;
        position++;
        return true;
    }

    private void skipSpace() {
        while (position < text.length() && " \t\n\r".indexOf(text.charAt(position)) >= 0) position++;
    }

    private JsonException unexpected() {
        if (position >= text.length()) return error("Unexpected end-of-input");
        char character = text.charAt(position);
        return error("Unexpected character ('" + character + "' (code " + (int) character + "))");
    }

    private JsonException error(String message) {
        return new JsonException(message + "\n at [Source: (String); position: " + position + "]");
    }
}
