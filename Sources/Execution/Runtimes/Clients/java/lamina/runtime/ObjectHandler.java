package lamina.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.CustomPojoSerializer;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;

/** A function whose event and answer are objects. */
final class ObjectHandler implements Handler {
    private final RequestHandler<?, ?> function;
    private final Method method;
    private final Object instance;
    private final boolean wantsContext;
    /** Null for a method that wants no event. */
    private final Type input;
    private final Type output;
    private final CustomPojoSerializer serializer;

    ObjectHandler(RequestHandler<?, ?> function, Type input, Type output) throws Failure {
        this.function = function;
        this.input = input;
        this.output = output;
        method = null;
        instance = null;
        wantsContext = true;
        serializer = FunctionSerializer.find();
    }

    /** @param instance null for a static method */
    ObjectHandler(Method method, Object instance) throws Failure {
        this.method = method;
        this.instance = instance;
        Type[] types = method.getGenericParameterTypes();
        wantsContext = types.length > 0 && types[types.length - 1] == Context.class;
        input = types.length == (wantsContext ? 1 : 0) ? null : types[0];
        output = method.getGenericReturnType();
        function = null;
        serializer = FunctionSerializer.find();
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public byte[] call(byte[] event, InvocationContext context) throws Throwable {
        Object value = input == null ? null : read(event);
        return write(function != null ? ((RequestHandler) function).handleRequest(value, context) : invoke(value, context));
    }

    private Object invoke(Object value, InvocationContext context) throws Throwable {
        Object[] arguments = new Object[(input == null ? 0 : 1) + (wantsContext ? 1 : 0)];
        if (input != null) arguments[0] = value;
        if (wantsContext) arguments[arguments.length - 1] = context;
        try {
            return method.invoke(instance, arguments);
        } catch (InvocationTargetException error) {
            throw error.getCause() == null ? error : error.getCause();
        }
    }

    private Object read(byte[] event) {
        try {
            if (serializer != null) return serializer.fromJson(new ByteArrayInputStream(event), input);
            return ObjectReader.read(event, input);
        } catch (JsonException error) {
            throw new RuntimeException("An error occurred during JSON parsing", new UncheckedIOException(error));
        } catch (Throwable error) {
            throw new RuntimeException("An error occurred during JSON parsing", error);
        }
    }

    private byte[] write(Object value) {
        try {
            if (output == void.class || output == Void.class) return ObjectWriter.write(null);
            if (serializer == null) return ObjectWriter.write(value);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            serializer.toJson(value, bytes, output);
            return bytes.toByteArray();
        } catch (JsonException error) {
            throw new RuntimeException("An error occurred during JSON serialization of response", new UncheckedIOException(error));
        } catch (Throwable error) {
            throw new RuntimeException("An error occurred during JSON serialization of response", error);
        }
    }
}
