package io.bifocal.infra.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The right to erasure. */
@Command(
        name = "erase",
        mixinStandardHelpOptions = true,
        description =
                "Erases every record that has arrived in which a column has a value: from the archive, the quarantine, all"
                        + " views and gold tables. All history is computed anew and every earlier generation is dropped."
                        + " The job's result is the receipt, and says what remains until when.")
final class EraseCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Mixin
    private JobOptions job;

    @Option(names = "--column", required = true, paramLabel = "C", description = "A column of the model.")
    private String column;

    @Option(names = "--value", required = true, paramLabel = "V", description = "What it holds.")
    private String value;

    @Override
    public void run() {
        job.run(main.session(), job.request("erase").put("column", column).put("value", value));
    }
}
