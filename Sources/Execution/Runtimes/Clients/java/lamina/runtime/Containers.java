package lamina.runtime;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Classes for the collections' interfaces. */
final class Containers {
    private Containers() {}

    /** An empty collection for an interface; null for others than the JDK's. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static Collection<?> collection(Class<?> type, Class<?> element) {
        if (type.isAssignableFrom(LinkedHashSet.class)) return new LinkedHashSet<>();
        if (type.isAssignableFrom(TreeSet.class)) return new TreeSet<>();
        if (type == EnumSet.class && element.isEnum()) return EnumSet.noneOf((Class) element);
        if (type.isAssignableFrom(ArrayDeque.class)) return new ArrayDeque<>();
        return type.isAssignableFrom(LinkedList.class) ? new LinkedList<>() : null;
    }

    /** An empty map for an interface; null for others than the JDK's. */
    static Map<Object, Object> map(Class<?> type) {
        if (type.isAssignableFrom(TreeMap.class)) return new TreeMap<>();
        if (type.isAssignableFrom(ConcurrentHashMap.class)) return new ConcurrentHashMap<>();
        return type.isAssignableFrom(ConcurrentSkipListMap.class) ? new ConcurrentSkipListMap<>() : null;
    }
}
