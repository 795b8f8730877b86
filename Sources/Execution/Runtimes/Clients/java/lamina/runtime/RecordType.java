package lamina.runtime;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/** The components of a record, in their order; by reflection, since records came with Java 16. */
final class RecordType {
    final List<Method> accessors = new ArrayList<>();
    final Constructor<?> constructor;

    private RecordType(Class<?> type) throws ReflectiveOperationException {
        Object[] components = (Object[]) Class.class.getMethod("getRecordComponents").invoke(type);
        Class<?>[] types = new Class<?>[components.length];
        for (int index = 0; index < components.length; index++) {
            Class<?> component = components[index].getClass();
            types[index] = (Class<?>) component.getMethod("getType").invoke(components[index]);
            accessors.add((Method) component.getMethod("getAccessor").invoke(components[index]));
        }
        constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
    }

    /** Null for a class that is no record. */
    static RecordType of(Class<?> type) {
        if (type.getSuperclass() == null || !type.getSuperclass().getName().equals("java.lang.Record")) return null;
        try {
            return new RecordType(type);
        } catch (ReflectiveOperationException error) {
            return null;
        }
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        for (Method accessor : accessors) names.add(accessor.getName());
        return names;
    }
}
