package tools;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Loads the classes of tools anew for each invocation, for some keep counts and latches in static fields. What they use, the
 * clients above all, is shared and stays warm.
 */
final class ToolLoader extends URLClassLoader {
    private static final URL[] JARS = jars();

    ToolLoader() {
        super(JARS, ToolLoader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("org.apache.kafka.tools.") && !name.startsWith("kafka.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) loaded = findClass(name);
            if (resolve) resolveClass(loaded);
            return loaded;
        }
    }

    private static URL[] jars() {
        return Arrays.stream(System.getProperty("java.class.path").split(":"))
            .map(Path::of)
            .filter(path -> path.getFileName().toString().matches("kafka(-tools|-tools-api|_2\\.13)-[0-9].*\\.jar"))
            .map(ToolLoader::url)
            .toArray(URL[]::new);
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException error) {
            throw new IllegalArgumentException(error);
        }
    }
}
