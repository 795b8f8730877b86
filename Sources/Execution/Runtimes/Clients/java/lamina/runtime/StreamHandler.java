package lamina.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;

/** A function that reads and writes bytes. */
final class StreamHandler implements Handler {
    private final RequestStreamHandler function;
    private final Method method;
    private final Object instance;

    StreamHandler(RequestStreamHandler function) {
        this.function = function;
        method = null;
        instance = null;
    }

    /** @param instance null for a static method */
    StreamHandler(Method method, Object instance) {
        function = null;
        this.method = method;
        this.instance = instance;
    }

    @Override
    public byte[] call(byte[] event, InvocationContext context) throws Throwable {
        ByteArrayInputStream input = new ByteArrayInputStream(event);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        if (function != null) {
            function.handleRequest(input, output, context);
            return output.toByteArray();
        }
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        boolean writes = false;
        for (int index = 0; index < types.length; index++) {
            if (types[index] == InputStream.class) arguments[index] = input;
            else if (types[index] == Context.class) arguments[index] = context;
            else arguments[index] = output;
            writes |= types[index] == OutputStream.class;
        }
        try {
            method.invoke(instance, arguments);
        } catch (InvocationTargetException error) {
            throw error.getCause() == null ? error : error.getCause();
        }
        return writes ? output.toByteArray() : "null".getBytes(StandardCharsets.US_ASCII);
    }
}
