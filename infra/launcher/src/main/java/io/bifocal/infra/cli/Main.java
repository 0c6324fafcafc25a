package io.bifocal.infra.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line's entry: stdout is for answers, stderr for progress and faults. */
@Command(
        name = "bifocal",
        description = "Analytics in which every event counts exactly once, at every moment.",
        mixinStandardHelpOptions = true,
        version = "bifocal 0.1.0",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            ModelsCommand.class,
            IngestCommand.class,
            QueryCommand.class,
            RecomputeCommand.class,
            BackfillCommand.class,
            ReplayCommand.class,
            EraseCommand.class,
            RollbackCommand.class,
            JobsCommand.class,
            ScheduleCommand.class,
            LedgerCommand.class,
            QuarantineCommand.class,
            AlertsCommand.class,
            AccuracyCommand.class,
            DriftCommand.class,
            ReconcileCommand.class,
            RestatementsCommand.class,
            NotebookCommand.class,
            BenchCommand.class,
            TestCommand.class
        })
public final class Main implements Runnable {
    @Mixin
    private Session session;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    Session session() {
        return session;
    }

    /** Exit codes: 0 success, 1 the command failed, 2 it was not understood. */
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exit = commandLine(out, err).execute(arguments);
        out.flush();
        err.flush();
        System.exit(exit);
    }

    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new FaultPrinter());
        // Options of the session may stand before or after the command's name.
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.AUTO));
        return line;
    }
}
