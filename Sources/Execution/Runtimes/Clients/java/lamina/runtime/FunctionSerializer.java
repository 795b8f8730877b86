package lamina.runtime;

import com.amazonaws.services.lambda.runtime.CustomPojoSerializer;
import java.net.URLClassLoader;
import java.util.Iterator;
import java.util.ServiceLoader;

/** The {@link CustomPojoSerializer} that a function brings as a service. */
final class FunctionSerializer {
    private FunctionSerializer() {}

    /** Null where the function brings none. */
    static CustomPojoSerializer find() throws Failure {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        // Asked of the function's class path alone: to look through the JDK's costs 10 ms.
        boolean isThere = loader instanceof URLClassLoader
                && ((URLClassLoader) loader).findResource("META-INF/services/" + CustomPojoSerializer.class.getName()) != null;
        if (!isThere) return null;
        try {
            Iterator<CustomPojoSerializer> found = ServiceLoader.load(CustomPojoSerializer.class, loader).iterator();
            CustomPojoSerializer serializer = found.hasNext() ? found.next() : null;
            if (!found.hasNext()) return serializer;
        } catch (java.util.ServiceConfigurationError error) {
            throw Failure.because(Failure.message(error), error, false);
        }
        throw Failure.because("Too many serializers provided inside the META-INF/services folder, only one is allowed");
    }
}
