package lamina.runtime;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;

/** What the type variables of a class stand for where it is used as some type. */
final class TypeArguments {
    private final Map<TypeVariable<?>, Type> arguments = new HashMap<>();

    private TypeArguments() {}

    /** Those of a type itself, such as E of {@code List<String>}. */
    static TypeArguments of(Type type) {
        return of(rawClass(type), type instanceof ParameterizedType ? ((ParameterizedType) type).getActualTypeArguments() : null);
    }

    /** @param values of the class's variables, in their order; null for none */
    static TypeArguments of(Class<?> type, Type[] values) {
        TypeArguments result = new TypeArguments();
        TypeVariable<?>[] variables = type.getTypeParameters();
        for (int index = 0; values != null && index < variables.length; index++) result.arguments.put(variables[index], values[index]);
        return result;
    }

    /**
     * What a type makes of the parameters of a class or interface that it extends: of {@code ArrayList<String>} and Collection, String.
     *
     * @return null where it does not extend it, or not with any parameters
     */
    static Type[] of(Type type, Class<?> base) {
        Class<?> raw = rawClass(type);
        if (raw == base) return type instanceof ParameterizedType ? ((ParameterizedType) type).getActualTypeArguments() : null;
        TypeArguments own = of(type);
        for (Type parent : raw.getGenericInterfaces()) {
            if (!base.isAssignableFrom(rawClass(parent))) continue;
            Type[] found = of(own.resolve(parent), base);
            if (found != null) return found;
        }
        Type parent = raw.getGenericSuperclass();
        return parent != null && base.isAssignableFrom(rawClass(parent)) ? of(own.resolve(parent), base) : null;
    }

    /** A type of a class's declarations with its variables replaced; those that stand for nothing stay. */
    Type resolve(Type type) {
        if (type instanceof TypeVariable) return arguments.getOrDefault(type, type);
        if (type instanceof GenericArrayType) return new ArrayOf(resolve(((GenericArrayType) type).getGenericComponentType()));
        if (!(type instanceof ParameterizedType)) return type;
        ParameterizedType parameterized = (ParameterizedType) type;
        Type[] values = parameterized.getActualTypeArguments().clone();
        for (int index = 0; index < values.length; index++) values[index] = resolve(values[index]);
        return new Parameterized(parameterized, values);
    }

    /** The class of a type; of a variable or wildcard, its upper bound's. */
    static Class<?> rawClass(Type type) {
        if (type instanceof Class) return (Class<?>) type;
        if (type instanceof ParameterizedType) return rawClass(((ParameterizedType) type).getRawType());
        if (type instanceof GenericArrayType)
            return Array.newInstance(rawClass(((GenericArrayType) type).getGenericComponentType()), 0).getClass();
        return rawClass(bound(type));
    }

    /** The upper bound of a variable or wildcard; any other type as it is. */
    static Type bound(Type type) {
        if (type instanceof TypeVariable) return ((TypeVariable<?>) type).getBounds()[0];
        return type instanceof WildcardType ? ((WildcardType) type).getUpperBounds()[0] : type;
    }

    private static final class ArrayOf implements GenericArrayType {
        private final Type element;

        ArrayOf(Type element) {
            this.element = element;
        }

        @Override
        public Type getGenericComponentType() {
            return element;
        }
    }

    private static final class Parameterized implements ParameterizedType {
        private final ParameterizedType declared;
        private final Type[] values;

        Parameterized(ParameterizedType declared, Type[] values) {
            this.declared = declared;
            this.values = values;
        }

        @Override
        public Type[] getActualTypeArguments() {
            return values.clone();
        }

        @Override
        public Type getRawType() {
            return declared.getRawType();
        }

        @Override
        public Type getOwnerType() {
            return declared.getOwnerType();
        }
    }
}
