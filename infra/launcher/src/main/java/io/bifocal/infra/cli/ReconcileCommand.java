package io.bifocal.infra.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** Puts right what has drifted. */
@Command(
        name = "reconcile",
        mixinStandardHelpOptions = true,
        description =
                "Compares live views with the archive and puts the archive's in their place; drift shows the result.")
final class ReconcileCommand implements Runnable {
    @ParentCommand
    private Main main;

    @Mixin
    private JobOptions job;

    @Override
    public void run() {
        job.run(main.session(), job.request("reconcile"));
    }
}
