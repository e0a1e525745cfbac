package clients;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs named checks one after the other, each within a time limit, and prints the lines the runner reads: {@code ok NAME},
 * {@code not ok NAME: why}, {@code skip NAME: why} and at the end {@code N passed, N failed}.
 */
final class Checks {
  /** A check: fails by throwing. */
  interface Body {
    void run() throws Exception;
  }

  /** A condition that is asked again until it holds. */
  interface Condition {
    boolean holds() throws Exception;
  }

  private final ExecutorService thread =
      Executors.newCachedThreadPool(
          task -> {
            Thread daemon = new Thread(task);
            daemon.setDaemon(true);
            return daemon;
          });
  private int passed;
  private int failed;

  void check(String name, Body body) {
    check(name, Duration.ofSeconds(30), body);
  }

  void check(String name, Duration limit, Body body) {
    Future<?> run =
        thread.submit(
            () -> {
              body.run();
              return null;
            });
    try {
      run.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      passed++;
      System.out.println("ok " + name);
    } catch (TimeoutException e) {
      run.cancel(true);
      fail(name, "no result within " + limit.toSeconds() + " s");
    } catch (ExecutionException e) {
      fail(name, describe(e.getCause()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void skip(String name, String why) {
    System.out.println("skip " + name + ": " + why);
  }

  /** Prints the closing line; true where no check failed. */
  boolean finish() {
    System.out.println(passed + " passed, " + failed + " failed");
    return failed == 0;
  }

  private void fail(String name, String why) {
    failed++;
    System.out.println("not ok " + name + ": " + why.replace('\n', ' '));
  }

  private static String describe(Throwable thrown) {
    StackTraceElement at = null;
    for (StackTraceElement frame : thrown.getStackTrace()) {
      if (frame.getClassName().startsWith("clients.") && !frame.getClassName().startsWith("clients.Checks")) {
        at = frame;
        break;
      }
    }
    return thrown + (at == null ? "" : " at " + at.getFileName() + ":" + at.getLineNumber());
  }

  static void isTrue(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }

  static void equal(Object expected, Object actual, String what) {
    if (!Objects.deepEquals(expected, actual)) {
      throw new AssertionError(what + ": expected " + expected + ", got " + actual);
    }
  }

  /** Runs {@code body} and demands that it fails with {@code expected}, bare or as the cause of a future's failure. */
  static <T extends Throwable> T fails(Class<T> expected, Body body) throws Exception {
    try {
      body.run();
    } catch (Exception thrown) {
      Throwable cause = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
      if (expected.isInstance(cause)) {
        return expected.cast(cause);
      }
      throw new AssertionError("expected " + expected.getSimpleName() + ", got " + cause);
    }
    throw new AssertionError("expected " + expected.getSimpleName() + ", but the call succeeded");
  }

  /** Asks every 20 ms, for 15 s at most. */
  static void eventually(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 15 s: " + what);
      }
      Thread.sleep(20);
    }
  }
}
