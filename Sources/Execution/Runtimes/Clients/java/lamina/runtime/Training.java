package lamina.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Does once all that a function's start and first invocations do, for the JVM to archive the classes that they load. */
public final class Training {
    private static final int INVOCATIONS = 3;

    private Training() {}

    /** The current folder is for files of its own. */
    public static void main(String[] arguments) throws Exception {
        loadOwnClasses();
        loadFromFolderAndJar(new File(System.getProperty("java.class.path")).getParentFile().getParent());
        ClassLoader loader = FunctionClassLoader.of("/none", "/none");
        Thread.currentThread().setContextClassLoader(loader);
        for (Class<?> type : new Class<?>[] {Objects.class, Bytes.class, Failing.class}) serve(HandlerLoader.load(type.getName(), loader));
        serve(HandlerLoader.load(Objects.class.getName() + "::plain", loader));
    }

    private static void loadOwnClasses() throws IOException, ReflectiveOperationException {
        try (JarFile jar = new JarFile(System.getProperty("java.class.path"))) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                String name = entries.nextElement().getName();
                if (name.endsWith(".class")) Class.forName(name.substring(0, name.length() - 6).replace('/', '.'));
            }
        }
    }

    /** @param layers a folder with this program's jar in its folder lib */
    private static void loadFromFolderAndJar(String layers) throws IOException, ReflectiveOperationException {
        File folder = new File(System.getProperty("user.dir"));
        String path = JsonWriter.class.getName().replace('.', '/') + ".class";
        new File(folder, path).getParentFile().mkdirs();
        try (InputStream input = Training.class.getClassLoader().getResourceAsStream(path)) {
            Files.copy(input, new File(folder, path).toPath());
        }
        ClassLoader loader = FunctionClassLoader.of(folder.getPath(), layers, null);
        for (Class<?> type : new Class<?>[] {JsonWriter.class, JsonException.class}) loader.loadClass(type.getName());
    }

    private static void serve(Handler handler) throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Thread api = new Thread(new Api(server));
            api.setDaemon(true);
            api.start();
            RuntimeApi client = new RuntimeApi("127.0.0.1:" + server.getLocalPort());
            for (int count = 0; count < INVOCATIONS; count++) Main.run(handler, client);
        }
    }

    /** Gives invocations, and takes their answers. */
    private static final class Api implements Runnable {
        private static final String EVENT = "{\"name\":\"\u00e9\\n\",\"list\":[1,2.5,null],\"object\":{\"a\":-1}}";

        private final ServerSocket server;

        Api(ServerSocket server) {
            this.server = server;
        }

        @Override
        public void run() {
            try (Socket socket = server.accept()) {
                while (true) {
                    read(socket.getInputStream());
                    byte[] body = EVENT.getBytes(StandardCharsets.UTF_8);
                    String head = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\nLambda-Runtime-Aws-Request-Id: 1\r\n"
                            + "Lambda-Runtime-Deadline-Ms: 1\r\nLambda-Runtime-Trace-Id: Root=1\r\n\r\n";
                    ByteArrayOutputStream answer = new ByteArrayOutputStream();
                    answer.write(head.getBytes(StandardCharsets.US_ASCII));
                    answer.write(body);
                    answer.writeTo(socket.getOutputStream());
                }
            } catch (IOException end) {
                // The client has closed its connection.
            }
        }

        private static void read(InputStream input) throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString("US-ASCII").endsWith("\r\n\r\n")) {
                int next = input.read();
                if (next < 0) throw new IOException("closed");
                head.write(next);
            }
            int at = head.toString("US-ASCII").indexOf("Content-Length: ");
            if (at < 0) return;
            String length = head.toString("US-ASCII").substring(at + "Content-Length: ".length()).split("\r\n")[0];
            for (int left = Integer.parseInt(length); left > 0; left--) input.read();
        }
    }

    public static final class Objects implements RequestHandler<Map<String, Object>, Object> {
        @Override
        public Object handleRequest(Map<String, Object> input, Context context) {
            context.getLogger().log("trained " + context.getRemainingTimeInMillis());
            System.out.println("trained");
            return Collections.singletonMap("input", input);
        }

        public Answer plain(Event event) {
            Answer answer = new Answer();
            answer.names = Collections.singletonList(event.getName());
            return answer;
        }
    }

    public static final class Event {
        private String name;
        public List<Double> list;
        public Map<String, Integer> object;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }
    }

    public static final class Answer {
        public List<String> names;
    }

    public static final class Bytes implements RequestStreamHandler {
        @Override
        public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
            output.write(input.read());
        }
    }

    public static final class Failing implements RequestHandler<String, String> {
        @Override
        public String handleRequest(String input, Context context) {
            return input;
        }
    }
}
