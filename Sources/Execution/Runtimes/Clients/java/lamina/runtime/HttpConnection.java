package lamina.runtime;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One connection to the Runtime API, kept alive: as much of HTTP/1.1 as it needs. */
final class HttpConnection {
    /** The bytes of a body or of all headers that are taken at most. */
    private static final int LIMIT = 16 << 20;

    private final String host;
    private final int port;
    private Socket socket;
    private InputStream input;
    private OutputStream output;
    private final byte[] buffer = new byte[16_384];
    private int position;
    private int end;

    /** @param address host:port */
    HttpConnection(String address) {
        int colon = address.lastIndexOf(':');
        host = colon < 0 ? address : address.substring(0, colon);
        port = colon < 0 ? 80 : Integer.parseInt(address.substring(colon + 1));
    }

    /** An answer's status, its headers by their names in lower case, and its body. */
    static final class Response {
        final int status;
        final Map<String, String> headers;
        final byte[] body;

        Response(int status, Map<String, String> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }
    }

    Response get(String path) throws IOException {
        boolean isNew = socket == null;
        try {
            return exchange(head("GET", path).append("\r\n"), null);
        } catch (IOException error) {
            close();
            // One that was kept alive may have been closed meanwhile.
            if (isNew) throw error;
            return exchange(head("GET", path).append("\r\n"), null);
        }
    }

    /** @param headers whole lines */
    Response post(String path, String headers, byte[] body) throws IOException {
        StringBuilder head = head("POST", path).append("Content-Type: application/json\r\n").append(headers);
        return exchange(head.append("Content-Length: ").append(body.length).append("\r\n\r\n"), body);
    }

    private StringBuilder head(String method, String path) {
        return new StringBuilder(256).append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: ").append(host).append(':')
                .append(port).append("\r\n");
    }

    private Response exchange(StringBuilder head, byte[] body) throws IOException {
        if (socket == null) connect();
        byte[] request = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        if (body != null && body.length <= buffer.length) {
            int length = request.length;
            request = Arrays.copyOf(request, length + body.length);
            System.arraycopy(body, 0, request, length, body.length);
            output.write(request);
        } else {
            output.write(request);
            if (body != null) output.write(body);
        }
        return response();
    }

    private void connect() throws IOException {
        Socket opened = new Socket();
        opened.setTcpNoDelay(true);
        opened.connect(new InetSocketAddress(host, port));
        socket = opened;
        input = opened.getInputStream();
        output = opened.getOutputStream();
        position = end = 0;
    }

    private void close() {
        try {
            if (socket != null) socket.close();
        } catch (IOException error) {
            // It is gone all the same.
        }
        socket = null;
    }

    private Response response() throws IOException {
        String[] status = line().split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.")) throw new IOException("the Runtime API answers with no HTTP");
        Map<String, String> headers = new HashMap<>();
        int size = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            size += line.length();
            int colon = line.indexOf(':');
            if (colon < 0 || size > LIMIT) throw new IOException("the Runtime API answers with no HTTP header");
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
        }
        boolean isChunked = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
        byte[] body = isChunked ? chunks() : bytes(length(headers.get("content-length"), 10));
        if ("close".equalsIgnoreCase(headers.get("connection"))) close();
        return new Response(Integer.parseInt(status[1]), headers, body);
    }

    private byte[] chunks() throws IOException {
        byte[] body = new byte[0];
        while (true) {
            String line = line();
            int semicolon = line.indexOf(';');
            byte[] chunk = bytes(length(semicolon < 0 ? line : line.substring(0, semicolon), 16));
            if (chunk.length == 0) break;
            int length = body.length;
            if (length + chunk.length > LIMIT) throw new IOException("the Runtime API's answer is too large");
            body = Arrays.copyOf(body, length + chunk.length);
            System.arraycopy(chunk, 0, body, length, chunk.length);
            line();
        }
        while (!line().isEmpty()) continue;
        return body;
    }

    private static int length(String text, int radix) throws IOException {
        try {
            int length = text == null ? 0 : Integer.parseInt(text.trim(), radix);
            if (length >= 0 && length <= LIMIT) return length;
        } catch (NumberFormatException error) {
            // Told below.
        }
        throw new IOException("the Runtime API's answer has the length " + text);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            if (position == end) fill();
            char next = (char) (buffer[position++] & 0xff);
            if (next == '\n') break;
            if (line.length() == LIMIT) throw new IOException("the Runtime API answers with an endless line");
            line.append(next);
        }
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') line.setLength(length - 1);
        return line.toString();
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        int filled = Math.min(count, end - position);
        System.arraycopy(buffer, position, bytes, 0, filled);
        position += filled;
        while (filled < count) {
            int more = input.read(bytes, filled, count - filled);
            if (more < 0) throw new EOFException("the Runtime API closed its connection");
            filled += more;
        }
        return bytes;
    }

    private void fill() throws IOException {
        position = 0;
        end = Math.max(0, input.read(buffer, 0, buffer.length));
        if (end == 0) throw new EOFException("the Runtime API closed its connection");
    }
}
