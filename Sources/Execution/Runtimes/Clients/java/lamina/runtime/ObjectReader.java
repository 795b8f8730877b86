package lamina.runtime;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Makes objects of a handler's types from what {@link JsonReader} gives, as leniently as AWS's runtime does. */
final class ObjectReader {
    private ObjectReader() {}

    static Object read(byte[] json, Type type) throws JsonException {
        return convert(JsonReader.read(json), type);
    }

    static Object convert(Object value, Type declared) throws JsonException {
        Type type = TypeArguments.bound(declared);
        Class<?> raw = TypeArguments.rawClass(type);
        if (raw == Optional.class) return Optional.ofNullable(value == null ? null : convert(value, argument(type, Optional.class, 0)));
        if (value == null) return ScalarReader.nothing(raw);
        if (raw == Object.class) return untyped(value);
        if (raw.isEnum() || ScalarReader.reads(raw)) return ScalarReader.read(unwrapped(value, raw), raw);
        if (raw.isArray()) return array(elements(value), type, raw);
        if (Collection.class.isAssignableFrom(raw) || raw == Iterable.class) return collection(elements(value), type, raw);
        if (value instanceof Map) {
            Map<?, ?> members = (Map<?, ?>) value;
            return Map.class.isAssignableFrom(raw) ? map(members, type, raw) : bean(members, type, raw);
        }
        if (value instanceof List && ((List<?>) value).size() == 1) return convert(((List<?>) value).get(0), type);
        boolean isNothing = value instanceof List ? ((List<?>) value).isEmpty() : "".equals(value);
        if (isNothing) return null;
        throw mismatch(value, raw);
    }

    static JsonException mismatch(Object value, Class<?> type) {
        String kind = value instanceof Map ? "Object value (token `JsonToken.START_OBJECT`)"
                : value instanceof List ? "Array value (token `JsonToken.START_ARRAY`)"
                : value instanceof String ? "String value (token `JsonToken.VALUE_STRING`)"
                : value instanceof Boolean ? "Boolean value (token `JsonToken.VALUE_" + value.toString().toUpperCase(Locale.ROOT) + "`)"
                : value instanceof BigDecimal ? "Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)"
                : "Integer value (token `JsonToken.VALUE_NUMBER_INT`)";
        return new JsonException("Cannot deserialize value of type `" + type.getTypeName() + "` from " + kind);
    }

    /** Numbers with a fraction become {@link Double}, wherever they are. */
    @SuppressWarnings("unchecked")
    private static Object untyped(Object value) {
        if (value instanceof BigDecimal) return ((BigDecimal) value).doubleValue();
        if (value instanceof Map)
            for (Map.Entry<String, Object> entry : ((Map<String, Object>) value).entrySet()) entry.setValue(untyped(entry.getValue()));
        if (value instanceof List) {
            List<Object> list = (List<Object>) value;
            for (int index = 0; index < list.size(); index++) list.set(index, untyped(list.get(index)));
        }
        return value;
    }

    private static Object unwrapped(Object value, Class<?> type) {
        if (!(value instanceof List) || type == byte[].class) return value;
        List<?> list = (List<?>) value;
        return list.size() == 1 ? list.get(0) : value;
    }

    private static List<?> elements(Object value) {
        if (value instanceof List) return (List<?>) value;
        return "".equals(value) ? null : Collections.singletonList(value);
    }

    private static Object array(List<?> elements, Type type, Class<?> raw) throws JsonException {
        if (elements == null) return null;
        Type element = type instanceof GenericArrayType
                ? ((GenericArrayType) type).getGenericComponentType() : raw.getComponentType();
        Object array = Array.newInstance(raw.getComponentType(), elements.size());
        for (int index = 0; index < elements.size(); index++) Array.set(array, index, convert(elements.get(index), element));
        return array;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object collection(List<?> elements, Type type, Class<?> raw) throws JsonException {
        if (elements == null) return null;
        Type element = argument(type, raw == Iterable.class ? Iterable.class : Collection.class, 0);
        List<Object> values = new ArrayList<>(elements.size());
        for (Object value : elements) values.add(convert(value, element));
        if (raw.isAssignableFrom(ArrayList.class)) return values;
        Collection result = Containers.collection(raw, TypeArguments.rawClass(element));
        if (result == null) result = (Collection) instance(raw);
        for (Object value : values) {
            try {
                result.add(value);
            } catch (NullPointerException | ClassCastException error) {
                throw refused(raw, "an element", error);
            }
        }
        return result;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object map(Map<?, ?> members, Type type, Class<?> raw) throws JsonException {
        Type keyType = argument(type, Map.class, 0);
        Type valueType = argument(type, Map.class, 1);
        Class<?> keyClass = TypeArguments.rawClass(keyType);
        Map result = raw.isAssignableFrom(LinkedHashMap.class) ? new LinkedHashMap<>()
                : raw == EnumMap.class ? new EnumMap(keyClass) : Containers.map(raw);
        if (result == null) result = (Map) instance(raw);
        for (Map.Entry<?, ?> member : members.entrySet()) {
            Object key = keyClass == Object.class ? member.getKey() : ScalarReader.read(member.getKey(), keyClass);
            // A constant that is not known.
            if (key == null && raw == EnumMap.class) continue;
            Object value = convert(member.getValue(), valueType);
            try {
                result.put(key, value);
            } catch (NullPointerException | ClassCastException error) {
                throw refused(raw, "the member '" + member.getKey() + "'", error);
            }
        }
        return result;
    }

    /** A collection that takes no null, or only what can be compared. */
    private static JsonException refused(Class<?> type, String what, RuntimeException error) {
        String reason = error instanceof NullPointerException ? "it takes no null" : String.valueOf(error.getMessage());
        return new JsonException("Problem adding " + what + " to `" + type.getName() + "`: " + reason, error);
    }

    private static Type argument(Type type, Class<?> base, int index) {
        Type[] arguments = TypeArguments.of(type, base);
        return arguments == null ? Object.class : arguments[index];
    }

    private static Object bean(Map<?, ?> members, Type type, Class<?> raw) throws JsonException {
        BeanType bean = BeanType.of(raw);
        TypeArguments arguments = TypeArguments.of(type);
        if (bean.constructor != null) return construct(bean, members, arguments);
        Object result = instance(raw);
        for (Map.Entry<?, ?> member : members.entrySet()) {
            BeanType.Property property = bean.forName((String) member.getKey());
            if (property == null || property.type() == null) continue;
            set(result, property, value(member.getValue(), property, raw, type, arguments));
        }
        return result;
    }

    private static Object construct(BeanType bean, Map<?, ?> members, TypeArguments arguments) throws JsonException {
        Object[] values = new Object[bean.parameters.size()];
        for (int index = 0; index < values.length; index++)
            values[index] = ScalarReader.nothing(TypeArguments.rawClass(bean.parameters.get(index).parameter));
        for (Map.Entry<?, ?> member : members.entrySet()) {
            BeanType.Property property = bean.forName((String) member.getKey());
            int index = bean.parameters.indexOf(property);
            if (index >= 0) values[index] = convert(member.getValue(), arguments.resolve(property.parameter));
        }
        try {
            return bean.constructor.newInstance(values);
        } catch (ReflectiveOperationException | IllegalArgumentException error) {
            throw failed(bean.constructor.getDeclaringClass(), error);
        }
    }

    private static Object value(Object value, BeanType.Property property, Class<?> raw, Type type, TypeArguments arguments)
            throws JsonException {
        Class<?> declaring = property.writer().getDeclaringClass();
        // A property of a generic class that this one extends has that one's variables in its type.
        TypeArguments own = declaring == raw ? arguments : TypeArguments.of(declaring, TypeArguments.of(type, declaring));
        return convert(value, own.resolve(property.type()));
    }

    private static void set(Object target, BeanType.Property property, Object value) throws JsonException {
        try {
            if (property.setter != null) property.setter.invoke(target, value);
            else property.field.set(target, value);
        } catch (ReflectiveOperationException | IllegalArgumentException error) {
            Throwable cause = error instanceof InvocationTargetException && error.getCause() != null ? error.getCause() : error;
            String name = "'" + property.name + "' of " + target.getClass().getName();
            throw new JsonException("Problem setting property " + name + ": " + cause, cause);
        }
    }

    private static Object instance(Class<?> type) throws JsonException {
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            throw new JsonException("Cannot construct instance of `" + type.getName()
                    + "` (no Creators, like default constructor, exist): abstract types either need to be mapped to concrete types, have"
                    + " custom deserializer, or contain additional type information");
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (NoSuchMethodException error) {
            throw new JsonException("Cannot construct instance of `" + type.getName() + "` (no Creators, like default constructor, exist):"
                    + " cannot deserialize from Object value (no delegate- or property-based Creator)");
        } catch (ReflectiveOperationException | RuntimeException error) {
            throw failed(type, error);
        }
    }

    private static JsonException failed(Class<?> type, Exception error) {
        Throwable cause = error instanceof InvocationTargetException && error.getCause() != null ? error.getCause() : error;
        return new JsonException("Cannot construct instance of `" + type.getName() + "`, problem: " + cause.getMessage(), cause);
    }
}
