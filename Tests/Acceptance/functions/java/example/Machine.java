package example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.KeyStore;
import java.security.Security;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

public class Machine implements RequestHandler<Object, Map<String, Object>> {
    @Override
    public Map<String, Object> handleRequest(Object event, Context context) {
        Map<String, Object> told = new HashMap<>();
        String version = System.getProperty("java.specification.version");
        told.put("major", version.equals("1.8") ? 8 : Integer.parseInt(version));
        told.put("home", System.getProperty("java.home"));
        told.put("folder", System.getProperty("user.dir"));
        told.put("trace", System.getProperty("com.amazonaws.xray.traceHeader"));
        told.put("traceVariable", System.getenv("_X_AMZN_TRACE_ID"));
        told.put("mine", System.getProperty("of.mine"));
        told.put("encoding", Charset.defaultCharset().name());
        told.put("heap", Runtime.getRuntime().maxMemory() / (1024.0 * 1024));
        told.put("options", ManagementFactory.getRuntimeMXBean().getInputArguments());
        try {
            String maps = new String(Files.readAllBytes(Paths.get("/proc/self/maps")), StandardCharsets.UTF_8);
            told.put("archive", maps.contains("/var/runtime/lib/lamina-runtime.jsa"));
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        Logger.getLogger("example").severe("from java.util.logging");
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init((KeyStore) null);
            int certificates = 0;
            for (TrustManager manager : trust.getTrustManagers()) certificates += ((X509TrustManager) manager).getAcceptedIssuers().length;
            told.put("certificates", certificates);
            told.put("tls", SSLContext.getInstance("TLS").getProtocol());
            told.put("security", Security.getProperty("jdk.certpath.disabledAlgorithms").length());
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
        return told;
    }
}
