package io.bifocal.infra.cli;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The script runs the tests itself, without what they are about to build; this class is here for the help. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description =
                "Runs everything that is tested, on real servers: mvn -B verify. Arguments are passed on to Maven.")
final class TestCommand implements Runnable {
    @Parameters(paramLabel = "ARGUMENT", description = "Passed on to Maven, such as -pl metrics-core.")
    private List<String> arguments = List.of();

    @Override
    public void run() {
        throw Errors.of(
                ErrorCode.BAD_REQUEST,
                "The tests are run by the script ./bifocal; arguments were: " + arguments,
                "Call ./bifocal test in the repository.");
    }
}
