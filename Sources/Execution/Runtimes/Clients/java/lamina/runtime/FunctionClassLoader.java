package lamina.runtime;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.CodeSource;
import java.security.PermissionCollection;
import java.security.Permissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A function's class path: /var/task/, the jars of /var/task/lib and those of /opt/java/lib, each folder's by their names. The runtime's
 * own classes, among them the interfaces of aws-lambda-java-core, come before it.
 */
final class FunctionClassLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    private FunctionClassLoader(URL[] path, ClassLoader parent) {
        super(path, parent);
    }

    static FunctionClassLoader of(String task, String layers) throws MalformedURLException {
        return of(task, layers, ClassLoader.getSystemClassLoader());
    }

    static FunctionClassLoader of(String task, String layers, ClassLoader parent) throws MalformedURLException {
        List<URL> path = new ArrayList<>();
        path.add(url(task + "/"));
        addJars(task + "/lib", path);
        addJars(layers + "/lib", path);
        return new FunctionClassLoader(path.toArray(new URL[0]), parent);
    }

    /** None: only security managers ask for them, and to name a file's costs 15 ms at the first class. */
    @Override
    protected PermissionCollection getPermissions(CodeSource source) {
        return new Permissions();
    }

    private static void addJars(String folder, List<URL> path) throws MalformedURLException {
        String[] names = new File(folder).list();
        if (names == null) return;
        Arrays.sort(names);
        for (String name : names) if (name.endsWith(".jar")) path.add(url(folder + "/" + name));
    }

    private static URL url(String path) throws MalformedURLException {
        return new URL("file", null, -1, path);
    }
}
