package lamina.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes JSON's tokens, without white space. What stands where is its user's business, but for the commas. */
final class JsonWriter {
    private static final char[] HEXADECIMAL = "0123456789ABCDEF".toCharArray();

    private final StringBuilder text = new StringBuilder();
    private boolean needsComma;

    JsonWriter open(char bracket) {
        comma();
        text.append(bracket);
        needsComma = false;
        return this;
    }

    JsonWriter close(char bracket) {
        text.append(bracket);
        needsComma = true;
        return this;
    }

    JsonWriter name(String name) {
        string(name);
        text.append(':');
        needsComma = false;
        return this;
    }

    JsonWriter string(CharSequence value) {
        comma();
        text.append('"');
        for (int index = 0; index < value.length(); index++) {
            char next = value.charAt(index);
            if (next == '"' || next == '\\') text.append('\\').append(next);
            else if (next >= ' ') text.append(next);
            else escape(next);
        }
        text.append('"');
        needsComma = true;
        return this;
    }

    /** A number, or one of JSON's words, as it is. */
    JsonWriter raw(String value) {
        comma();
        text.append(value);
        needsComma = true;
        return this;
    }

    /** In UTF-8; a half of a surrogate pair alone becomes a question mark. */
    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    void writeTo(OutputStream output) throws IOException {
        output.write(bytes());
    }

    private void comma() {
        if (needsComma) text.append(',');
    }

    private void escape(char control) {
        text.append('\\');
        switch (control) {
            case '\b':
                text.append('b');
                break;
            case '\f':
                text.append('f');
                break;
            case '\n':
                text.append('n');
                break;
            case '\r':
                text.append('r');
                break;
            case '\t':
                text.append('t');
                break;
            default:
                text.append("u00").append(HEXADECIMAL[control >> 4]).append(HEXADECIMAL[control & 15]);
        }
    }
}
