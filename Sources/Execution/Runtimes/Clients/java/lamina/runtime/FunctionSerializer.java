package lamina.runtime;

import com.amazonaws.services.lambda.runtime.CustomPojoSerializer;
import java.util.Iterator;
import java.util.ServiceLoader;

/** The {@link CustomPojoSerializer} that a function brings as a service. */
final class FunctionSerializer {
    private FunctionSerializer() {}

    /** Null where the function brings none. */
    static CustomPojoSerializer find() throws Failure {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        if (loader == null || loader.getResource("META-INF/services/" + CustomPojoSerializer.class.getName()) == null) return null;
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
