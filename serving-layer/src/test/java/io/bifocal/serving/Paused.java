package io.bifocal.serving;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Stops a server as it stands (SIGSTOP), so that it is connected and silent, and lets it go on. */
public final class Paused {
    private Paused() {}

    /** What is done meanwhile. */
    public interface Meanwhile {
        void run() throws Exception;
    }

    public static void cassandra(Meanwhile meanwhile) throws Exception {
        pause(System.getProperty("test.cassandra.pid"), meanwhile);
    }

    public static void kafka(Meanwhile meanwhile) throws Exception {
        pause(System.getProperty("test.kafka.pid"), meanwhile);
    }

    private static void pause(String pid, Meanwhile meanwhile) throws Exception {
        signal("STOP", pid);
        try {
            meanwhile.run();
        } finally {
            signal("CONT", pid);
        }
    }

    private static void signal(String name, String pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IllegalStateException("kill -" + name + " " + pid + " failed");
        }
    }
}
