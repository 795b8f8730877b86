package lamina.runtime;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;

/** Finds what a function's handler setting names: {@code package.Class::method}, or a class that implements a handler's interface. */
final class HandlerLoader {
    private HandlerLoader() {}

    /**
     * Never fails for what an invocation can tell.
     *
     * @throws Failure where the class's own code fails, which ends the init phase
     */
    static Handler load(String setting, ClassLoader loader) throws Failure {
        int colons = setting.lastIndexOf("::");
        String name = colons < 0 ? setting : setting.substring(0, colons);
        String method = colons < 0 ? null : setting.substring(colons + 2);
        if (name.isEmpty() || "".equals(method)) return broken("Invalid handler: `" + setting + "'");
        Class<?> type;
        try {
            type = Class.forName(name, true, loader);
        } catch (ClassNotFoundException error) {
            return new Handler.Broken(Failure.because("Class not found: " + name, error, false));
        } catch (NoClassDefFoundError error) {
            return new Handler.Broken(loading(name, error));
        } catch (Throwable error) {
            throw loading(name, error);
        }
        try {
            return method == null ? ofInterface(type) : HandlerMethods.find(type, method);
        } catch (Failure failure) {
            if (failure.isFatal) throw failure;
            return new Handler.Broken(failure);
        }
    }

    private static Failure loading(String name, Throwable error) {
        String detail = error.getMessage() == null ? "" : ": " + error.getMessage();
        return Failure.because("Error loading class " + name + detail, error, true);
    }

    private static Handler ofInterface(Class<?> type) throws Failure {
        if (RequestStreamHandler.class.isAssignableFrom(type)) return new StreamHandler((RequestStreamHandler) instance(type));
        if (!RequestHandler.class.isAssignableFrom(type))
            return broken("Class does not implement an appropriate handler interface: " + type.getName());
        String problem = "Class " + type.getName() + " does not implement RequestHandler with concrete type parameters";
        Type[] types = TypeArguments.of(type, RequestHandler.class);
        if (types == null) return broken(problem);
        for (Type parameter : types)
            if (parameter instanceof TypeVariable && ((TypeVariable<?>) parameter).getBounds()[0] == Object.class)
                return broken(problem + ": parameter " + parameter + " has no upper bound.");
        return new ObjectHandler((RequestHandler<?, ?>) instance(type), types[0], types[1]);
    }

    /**
     * Makes an object of the function's class.
     *
     * @throws Failure a fatal one where its constructor throws
     */
    static Object instance(Class<?> type) throws Failure {
        try {
            Constructor<?> constructor = type.getConstructor();
            return constructor.newInstance();
        } catch (NoSuchMethodException error) {
            boolean isInner = type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers());
            throw exception(
                    "Class " + type.getName()
                            + (isInner ? " cannot be instantiated because it is a non-static inner class"
                                    : " has no public zero-argument constructor"),
                    isInner ? null : error);
        } catch (InvocationTargetException error) {
            throw Failure.ofInit(error.getCause() == null ? error : error.getCause());
        } catch (InstantiationException | IllegalAccessException error) {
            throw Failure.because(Failure.message(error), error, false);
        }
    }

    private static Failure exception(String message, Exception cause) {
        return Failure.because(message, new Exception(message, cause), false);
    }

    private static Handler broken(String message) {
        return new Handler.Broken(Failure.because(message));
    }
}
