package lamina.runtime;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The properties of a class, found as Jackson finds them when it ignores annotations: getters, setters and public fields, named as
 * JavaBeans has it; of a record, its components.
 */
final class BeanType {
    /** AWS's classes of events; they are read by their properties' names without regard to case and hyphens. */
    private static final String EVENTS = "com.amazonaws.services.lambda.runtime.events.";

    private static final Map<Class<?>, BeanType> KNOWN = new HashMap<>();

    // No lambda: the first one of a process costs milliseconds.
    private static final Comparator<Method> BY_NAME = new Comparator<Method>() {
        @Override
        public int compare(Method left, Method right) {
            return left.getName().compareTo(right.getName());
        }
    };

    /** In the order in which they are written: fields' as they are declared, then the others' by name. */
    final Map<String, Property> properties = new LinkedHashMap<>();

    /** Takes the values of {@link #parameters} in their order; null for a class that has only a constructor without any. */
    final Constructor<?> constructor;

    final List<Property> parameters;

    private final Map<String, Property> loosely;

    private BeanType(Class<?> type) {
        addFields(type);
        Method[] methods = type.getMethods();
        Arrays.sort(methods, BY_NAME);
        for (Method method : methods) addMethod(method);
        RecordType record = RecordType.of(type);
        if (record != null) {
            for (Method accessor : record.accessors) property(accessor.getName()).getter = accessor;
            constructor = record.constructor;
            parameters = parameters(record.names());
        } else {
            constructor = type.getName().startsWith(EVENTS) ? fieldsConstructor(type) : null;
            parameters = constructor == null ? null : parameters(fieldNames(type));
        }
        loosely = type.getName().startsWith(EVENTS) ? looseNames() : null;
        for (Property property : properties.values()) property.open();
    }

    /** Synchronized, since a handler's own threads may log. */
    static synchronized BeanType of(Class<?> type) {
        BeanType known = KNOWN.get(type);
        if (known == null) KNOWN.put(type, known = new BeanType(type));
        return known;
    }

    /** The property that a member of JSON sets; null for none. */
    Property forName(String name) {
        Property exact = properties.get(name);
        return exact != null && exact.type() != null || loosely == null ? exact : loosely.get(loose(name));
    }

    private Map<String, Property> looseNames() {
        Map<String, Property> names = new HashMap<>();
        for (Map.Entry<String, Property> entry : properties.entrySet())
            if (entry.getValue().type() != null) names.put(loose(entry.getKey()), entry.getValue());
        return names;
    }

    private static String loose(String name) {
        return name.replace("-", "").toLowerCase(Locale.ROOT);
    }

    private List<Property> parameters(List<String> names) {
        List<Property> list = new ArrayList<>();
        for (String name : names) list.add(property(name));
        Type[] types = constructor.getGenericParameterTypes();
        for (int index = 0; index < types.length; index++) list.get(index).parameter = types[index];
        return list;
    }

    private Property property(String name) {
        Property property = properties.get(name);
        if (property == null) properties.put(name, property = new Property(name));
        return property;
    }

    private void addFields(Class<?> type) {
        if (type.getSuperclass() != null) addFields(type.getSuperclass());
        for (Field field : type.getDeclaredFields()) {
            int modifiers = field.getModifiers();
            if (Modifier.isStatic(modifiers) || Modifier.isTransient(modifiers) || field.isSynthetic()) continue;
            // A private one only keeps the place of its getter.
            Property property = property(field.getName());
            if (Modifier.isPublic(modifiers)) property.field = field;
        }
    }

    private void addMethod(Method method) {
        if (Modifier.isStatic(method.getModifiers()) || method.isBridge() || method.getDeclaringClass() == Object.class) return;
        String name = method.getName();
        Class<?> result = method.getReturnType();
        if (method.getParameterCount() == 0 && result != void.class) {
            boolean isTruth = result == boolean.class || result == Boolean.class;
            if (name.startsWith("get") && name.length() > 3) property(decapitalize(name.substring(3))).getter = method;
            else if (isTruth && name.startsWith("is") && name.length() > 2) property(decapitalize(name.substring(2))).offer(method);
        } else if (method.getParameterCount() == 1 && name.startsWith("set") && name.length() > 3) {
            property(decapitalize(name.substring(3))).addSetter(method);
        }
    }

    /** As java.beans.Introspector has it: {@code URL} stays. */
    private static String decapitalize(String name) {
        if (name.length() > 1 && Character.isUpperCase(name.charAt(1)) && Character.isUpperCase(name.charAt(0))) return name;
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static List<String> fieldNames(Class<?> type) {
        List<String> names = new ArrayList<>();
        for (Field field : type.getDeclaredFields())
            if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) names.add(field.getName());
        return names;
    }

    /** The constructor of a class without a default one that takes a value for each field, in their order. */
    private static Constructor<?> fieldsConstructor(Class<?> type) {
        int fields = fieldNames(type).size();
        Constructor<?> found = null;
        for (Constructor<?> candidate : type.getConstructors()) {
            if (candidate.getParameterCount() == 0) return null;
            if (candidate.getParameterCount() == fields) found = candidate;
        }
        return found;
    }

    /** One property; what it lacks is null. */
    static final class Property {
        final String name;
        Method getter;
        Method setter;
        Field field;
        Type parameter;

        Property(String name) {
            this.name = name;
        }

        /** The type that its value is read as, by the class's own declarations; null for one that cannot be set. */
        Type type() {
            if (parameter != null) return parameter;
            if (setter != null) return setter.getGenericParameterTypes()[0];
            return field == null ? null : field.getGenericType();
        }

        Member writer() {
            return setter != null ? setter : field;
        }

        private void offer(Method isGetter) {
            if (getter == null) getter = isGetter;
        }

        /** Of several, the one that fits the getter or the field. */
        private void addSetter(Method method) {
            Class<?> wanted = getter != null ? getter.getReturnType() : field != null ? field.getType() : null;
            if (setter == null || method.getParameterTypes()[0] == wanted) setter = method;
        }

        /** Makes members of classes that are not public accessible; one of a closed module stays closed. */
        private void open() {
            try {
                if (getter != null) getter.setAccessible(true);
                if (setter != null) setter.setAccessible(true);
                if (field != null) field.setAccessible(true);
            } catch (RuntimeException closed) {
                // Its use tells of it.
            }
        }
    }
}
