package tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's tools in one JVM, several at a time, as requests on stdin ask for it, a JSON object a line:
 * {id, run: {tool, args, stdin, limitSeconds}} runs a class to its end, {id, stop: ID} ends a run as SIGTERM would end a
 * process, {id, clean: {bootstrap, prefix}} removes topics and groups. Each is answered with a line on stdout, when it is done:
 * {id, output, status}. What the tools print never reaches the real stdout.
 */
public final class Driver {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintStream answers;
    private final Map<Long, Invocation> running = new ConcurrentHashMap<>();

    private Driver(PrintStream answers) {
        this.answers = answers;
    }

    public static void main(String[] args) throws IOException {
        Driver driver = new Driver(System.out);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        InvocationStreams.install();
        Exit.setExitProcedure((status, message) -> Invocation.ofThisThread().exit(status, true));
        Exit.setHaltProcedure((status, message) -> Invocation.ofThisThread().exit(status, false));
        Exit.setShutdownHookAdder((name, hook) -> Invocation.ofThisThread().addHook(hook));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            driver.accept(JSON.readTree(line));
        }
        // Tools that were never stopped must not keep the process.
        Runtime.getRuntime().halt(0);
    }

    private void accept(JsonNode request) {
        long id = request.get("id").asLong();
        Thread thread = new Thread(() -> serve(id, request), "request-" + id);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(long id, JsonNode request) {
        try {
            if (request.has("run")) run(id, request.get("run"));
            else if (request.has("stop")) stop(id, request.get("stop").asLong());
            else {
                JsonNode clean = request.get("clean");
                Cleaner.clean(clean.get("bootstrap").asText(), clean.get("prefix").asText());
                answer(id, "", 0);
            }
        } catch (Exception error) {
            answer(id, "the driver failed: " + error, -1);
        }
    }

    private void run(long id, JsonNode run) throws InterruptedException {
        List<String> args = new ArrayList<>();
        run.get("args").forEach(each -> args.add(each.asText()));
        Invocation invocation = new Invocation(run.get("tool").asText(), args, run.get("stdin").asText());
        running.put(id, invocation);
        Invocation.Ended ended = invocation.run(run.get("limitSeconds").asLong());
        running.remove(id);
        answer(id, ended.output(), ended.status());
    }

    private void stop(long id, long target) throws InterruptedException {
        Invocation invocation = running.get(target);
        if (invocation != null) invocation.stop();
        answer(id, "", invocation == null ? 1 : 0);
    }

    private synchronized void answer(long id, String output, int status) {
        ObjectNode line = JSON.createObjectNode().put("id", id).put("output", output).put("status", status);
        answers.println(line);
        answers.flush();
    }
}
