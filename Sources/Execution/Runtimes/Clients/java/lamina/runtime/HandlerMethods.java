package lamina.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses among a class's methods of one name: the one with the most parameters, where a Context at the end counts twice. They may be
 * none, an input object or an InputStream, an OutputStream, and a Context, in this order, but no stream beside an input object.
 */
final class HandlerMethods {
    private static final Comparator<Method> PRIORITY = new Comparator<Method>() {
        @Override
        public int compare(Method left, Method right) {
            if (left.isBridge() != right.isBridge()) return left.isBridge() ? 1 : -1;
            return Integer.compare(weight(right), weight(left));
        }

        private int weight(Method method) {
            Class<?>[] types = method.getParameterTypes();
            return types.length + (types.length > 0 && types[types.length - 1] == Context.class ? 1 : 0);
        }
    };

    private HandlerMethods() {}

    static Handler find(Class<?> type, String name) throws Failure {
        List<Method> methods = new ArrayList<>();
        try {
            for (Method method : type.getMethods()) if (method.getName().equals(name)) methods.add(method);
        } catch (NoClassDefFoundError error) {
            throw Failure.because("Error loading method " + name + " on class " + type.getName(), error, false);
        }
        Collections.sort(methods, PRIORITY);
        for (Method method : methods) {
            String unfit = unfit(method.getGenericParameterTypes());
            if (unfit == null) return handler(type, method);
            System.err.println(unfit);
        }
        throw Failure.because("No public method named " + name + " with appropriate method signature found on class " + type.getName());
    }

    /** Why a method cannot be the handler, in AWS's words; null if it can. */
    private static String unfit(Type[] types) {
        boolean readsStream = types.length > 0 && types[0] == InputStream.class;
        switch (types.length) {
            case 0:
            case 1:
                return null;
            case 2:
                String ignoring = "Ignoring two-argument overload because ";
                if (types[0] == OutputStream.class)
                    return types[1] == Context.class ? null
                            : ignoring + "first argument type is OutputStream and second argument type is not Context";
                if (types[0] == Context.class) return ignoring + "first argument type is Context";
                if (types[1] == Context.class || readsStream && types[1] == OutputStream.class) return null;
                return readsStream
                        ? ignoring + "second parameter type, " + TypeArguments.rawClass(types[1]).getName() + ", is not OutputStream."
                        : ignoring + "second parameter type is not Context";
            case 3:
                return readsStream && types[1] == OutputStream.class && types[2] == Context.class ? null
                        : "Ignoring three-argument overload because argument signature is not (InputStream, OutputStream, Context";
            default:
                return "Ignoring an overload because it has too many parameters: Expected at most 3, got " + types.length;
        }
    }

    private static Handler handler(Class<?> type, Method method) throws Failure {
        Type[] types = method.getGenericParameterTypes();
        boolean hasStream = types.length > 0 && (types[0] == InputStream.class || types[0] == OutputStream.class);
        if (hasStream && method.getReturnType() != void.class)
            System.err.println("Will ignore return type " + method.getReturnType() + " on byte stream handler");
        Object instance = Modifier.isStatic(method.getModifiers()) ? null : HandlerLoader.instance(type);
        return hasStream ? new StreamHandler(method, instance) : new ObjectHandler(method, instance);
    }
}
