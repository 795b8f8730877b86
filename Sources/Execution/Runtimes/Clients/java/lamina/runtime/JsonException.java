package lamina.runtime;

import java.io.IOException;

/** JSON that cannot be read, or that does not fit a type; or an object that cannot be written. */
public final class JsonException extends IOException {
    private static final long serialVersionUID = 1;

    JsonException(String message) {
        super(message);
    }

    JsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
