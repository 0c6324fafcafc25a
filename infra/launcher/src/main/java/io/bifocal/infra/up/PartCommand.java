package io.bifocal.infra.up;

import io.bifocal.infra.local.ServerCommand;
import java.util.ArrayList;
import java.util.List;

/** How commands of parts are changed for being run under a terminal. */
final class PartCommand {
    private PartCommand() {}

    /**
     * The same command, deaf to Ctrl-C and to the closing of the terminal. A terminal sends those to every process of its
     * foreground group, and the parts must be stopped by {@code up} instead, one after the other. A signal that is ignored
     * stays so across exec, and the JVM leaves it so.
     */
    static ServerCommand deafToTerminal(ServerCommand command) {
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT HUP QUIT; exec \"$@\"", "sh"));
        line.addAll(command.line());
        return new ServerCommand(
                command.name(), line, command.environment(), command.logFile(), command.pidFile(), command.ready());
    }
}
