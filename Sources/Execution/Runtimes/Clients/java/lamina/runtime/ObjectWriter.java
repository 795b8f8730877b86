package lamina.runtime;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.util.Calendar;
import java.util.Date;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** Writes a handler's answer: maps, collections, arrays, values, and other objects' properties. Members that are null are left out. */
final class ObjectWriter {
    private final JsonWriter json = new JsonWriter();
    private int depth;

    private ObjectWriter() {}

    static byte[] write(Object value) throws JsonException {
        ObjectWriter writer = new ObjectWriter();
        writer.value(value);
        return writer.json.bytes();
    }

    private void value(Object value) throws JsonException {
        if (++depth > JsonReader.MAXIMUM_DEPTH)
            throw new JsonException(JsonReader.tooDeep(depth));
        if (value == null) json.raw("null");
        else if (value instanceof CharSequence) json.string((CharSequence) value);
        else if (value instanceof Boolean) json.raw(value.toString());
        else if (value instanceof Number) number((Number) value);
        else if (value instanceof Enum) json.string(((Enum<?>) value).name());
        else if (value instanceof Map) map((Map<?, ?>) value);
        else if (value instanceof Iterable && !(value instanceof java.nio.file.Path)) elements(((Iterable<?>) value).iterator());
        else if (value instanceof Iterator) elements((Iterator<?>) value);
        else if (value.getClass().isArray()) array(value);
        else if (value instanceof Optional) value(((Optional<?>) value).orElse(null));
        else if (value instanceof Date) json.raw(Long.toString(((Date) value).getTime()));
        else if (value instanceof Calendar) json.raw(Long.toString(((Calendar) value).getTimeInMillis()));
        else if (!isText(value)) bean(value);
        depth--;
    }

    private void number(Number value) {
        double real = value instanceof Double || value instanceof Float ? value.doubleValue() : 0;
        if (Double.isNaN(real) || Double.isInfinite(real)) json.string(value.toString());
        else json.raw(value.toString());
    }

    private void map(Map<?, ?> map) throws JsonException {
        json.open('{');
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object key = entry.getKey();
            if (key == null) throw new JsonException("Null key for a Map not allowed in JSON (use a converting NullKeySerializer?)");
            member(key instanceof Enum ? ((Enum<?>) key).name() : key.toString(), entry.getValue());
        }
        json.close('}');
    }

    private void member(String name, Object value) throws JsonException {
        if (value == null) return;
        json.name(name);
        value(value);
    }

    private void elements(Iterator<?> elements) throws JsonException {
        json.open('[');
        while (elements.hasNext()) value(elements.next());
        json.close(']');
    }

    private void array(Object array) throws JsonException {
        if (array instanceof byte[]) {
            json.string(java.util.Base64.getEncoder().encodeToString((byte[]) array));
        } else if (array instanceof char[]) {
            json.string(new String((char[]) array));
        } else {
            json.open('[');
            for (int index = 0; index < Array.getLength(array); index++) value(Array.get(array, index));
            json.close(']');
        }
    }

    /** Writes what stands as a text, or as numbers, in JSON; false for an object of properties. */
    private boolean isText(Object value) throws JsonException {
        String name = value.getClass().getName();
        if (name.startsWith("java.time.")) {
            TimeWriter.write(value, json);
        } else if (value instanceof java.nio.ByteBuffer) {
            byte[] bytes = new byte[((java.nio.ByteBuffer) value).remaining()];
            ((java.nio.ByteBuffer) value).duplicate().get(bytes);
            array(bytes);
        } else if (value instanceof Class) {
            json.string(((Class<?>) value).getName());
        } else if (value instanceof Map.Entry) {
            json.open('{');
            member(String.valueOf(((Map.Entry<?, ?>) value).getKey()), ((Map.Entry<?, ?>) value).getValue());
            json.close('}');
        } else if (value instanceof java.util.TimeZone) {
            json.string(((java.util.TimeZone) value).getID());
        } else if (value instanceof java.nio.file.Path || name.startsWith("java.net.") || isItsText(name)) {
            json.string(value.toString());
        } else {
            return false;
        }
        return true;
    }

    private static boolean isItsText(String type) {
        switch (type) {
            case "java.io.File":
            case "java.lang.Character":
            case "java.util.Currency":
            case "java.util.Locale":
            case "java.util.UUID":
            case "java.util.regex.Pattern":
                return true;
            default:
                return false;
        }
    }

    private void bean(Object value) throws JsonException {
        json.open('{');
        for (BeanType.Property property : BeanType.of(value.getClass()).properties.values()) {
            if (property.getter == null && property.field == null) continue;
            try {
                member(property.name, property.getter != null ? property.getter.invoke(value) : property.field.get(value));
            } catch (InvocationTargetException error) {
                throw failed(value, property, error.getCause() == null ? error : error.getCause());
            } catch (IllegalAccessException error) {
                throw failed(value, property, error);
            }
        }
        json.close('}');
    }

    private static JsonException failed(Object value, BeanType.Property property, Throwable cause) {
        return new JsonException(
                cause.getMessage() + " (through reference chain: " + value.getClass().getName() + "[\"" + property.name + "\"])", cause);
    }
}
