package tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** System.in, out and err that are those of the invocation whose thread uses them; outside of one they are empty. */
final class InvocationStreams {
    private InvocationStreams() {}

    /** To be called before any class of a tool is loaded: many keep the streams that they find. */
    static void install() {
        PrintStream output = new PrintStream(new Output(), true, StandardCharsets.UTF_8);
        System.setOut(output);
        System.setErr(output);
        System.setIn(new Input());
    }

    private static final class Output extends OutputStream {
        @Override
        public void write(int value) {
            Invocation invocation = Invocation.current();
            if (invocation != null) invocation.output().write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            Invocation invocation = Invocation.current();
            if (invocation != null) invocation.output().write(bytes, offset, length);
        }

        @Override
        public void flush() {
            Invocation invocation = Invocation.current();
            if (invocation != null) invocation.output().flush();
        }
    }

    private static final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            Invocation invocation = Invocation.current();
            return invocation == null ? -1 : invocation.input().read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Invocation invocation = Invocation.current();
            return invocation == null ? -1 : invocation.input().read(bytes, offset, length);
        }

        @Override
        public int available() throws IOException {
            Invocation invocation = Invocation.current();
            return invocation == null ? 0 : invocation.input().available();
        }
    }
}
