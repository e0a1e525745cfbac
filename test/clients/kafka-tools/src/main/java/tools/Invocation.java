package tools;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One run of a tool's main, with streams, exit and shutdown hooks of its own. Its threads are the one that runs main and all
 * that are started from there. stdout and stderr are one stream, in the order of printing.
 */
final class Invocation {
    /** What it printed, and the status: the tool's own, or one of these. */
    record Ended(String output, int status) {}

    /** Ended by {@link #stop}: what a shell reports for SIGTERM. */
    static final int STOPPED = 143;
    /** Did not end in time. */
    static final int EXPIRED = -1;

    private static final long HOOK_LIMIT_SECONDS = 20;
    private static final InheritableThreadLocal<Invocation> CURRENT = new InheritableThreadLocal<>();

    private final String tool;
    private final List<String> args;
    private final InputStream input;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream output = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final List<Runnable> hooks = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private boolean ending;
    private int status;
    private String printed = "";

    Invocation(String tool, List<String> args, String stdin) {
        this.tool = tool;
        this.args = args;
        this.input = new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8));
    }

    /** Throws where the thread is none of a tool's. */
    static Invocation ofThisThread() {
        Invocation invocation = CURRENT.get();
        if (invocation == null) throw new IllegalStateException("not in a tool: " + Thread.currentThread());
        return invocation;
    }

    /** Null where the thread is none of a tool's. */
    static Invocation current() {
        return CURRENT.get();
    }

    InputStream input() {
        return input;
    }

    PrintStream output() {
        return output;
    }

    Ended run(long limitSeconds) throws InterruptedException {
        start("main", this::runMain);
        if (!done.await(limitSeconds, TimeUnit.SECONDS)) end(EXPIRED, false);
        done.await();
        return new Ended(printed, status);
    }

    /** As SIGTERM does it: the hooks run while the tool goes on. */
    void stop() throws InterruptedException {
        end(STOPPED, true);
        done.await();
    }

    /** Does not return, as System.exit does not: the calling thread is held until all is over, and then dies. */
    void exit(int exitStatus, boolean withHooks) {
        try {
            end(exitStatus, withHooks);
            done.await();
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
        }
        throw new ThreadDeathAtExit();
    }

    synchronized void addHook(Runnable hook) {
        hooks.add(hook);
    }

    private void runMain() {
        try (ToolLoader loader = new ToolLoader()) {
            Thread.currentThread().setContextClassLoader(loader);
            loader.loadClass(tool)
                .getMethod("main", String[].class)
                .invoke(null, (Object) args.toArray(String[]::new));
            end(0, true);
        } catch (InvocationTargetException error) {
            if (error.getCause() instanceof ThreadDeathAtExit) return;
            // As the JVM reports it.
            output.print("Exception in thread \"main\" ");
            error.getCause().printStackTrace(output);
            end(1, true);
        } catch (Exception error) {
            error.printStackTrace(output);
            end(EXPIRED, false);
        }
    }

    /** The first to call it decides the status. */
    private void end(int exitStatus, boolean withHooks) {
        List<Runnable> last;
        synchronized (this) {
            if (ending) return;
            ending = true;
            last = withHooks ? List.copyOf(hooks) : List.of();
        }
        for (Thread thread : last.stream().map(hook -> start("hook", hook)).toList()) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(HOOK_LIMIT_SECONDS));
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
        }
        output.flush();
        printed = bytes.toString(StandardCharsets.UTF_8);
        status = exitStatus;
        done.countDown();
    }

    private Thread start(String name, Runnable work) {
        Thread thread = new Thread(() -> {
            CURRENT.set(this);
            try {
                work.run();
            } catch (ThreadDeathAtExit exited) {
                // Its thread has ended, which is all that was asked.
            }
        }, tool + "-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Unwinds a thread that has called exit; an Error, since tools catch exceptions. */
    private static final class ThreadDeathAtExit extends Error {
        private static final long serialVersionUID = 1L;
    }
}
