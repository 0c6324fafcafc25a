package io.bifocal.infra.cli;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.model.ModelFaults;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what is wrong and what would mend it; stack traces are for faults of the program alone. */
final class FaultPrinter implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult arguments) {
        PrintWriter err = line.getErr();
        line.getOut().flush();
        if (failure instanceof BifocalException known) {
            print(err, known.getMessage(), known.remedy());
        } else if (failure instanceof ApiProblem problem) {
            print(err, problem.getMessage(), problem.remedy());
        } else if (failure instanceof ModelFaults faults) {
            faults.faults().forEach(err::println);
        } else {
            err.println("error: " + failure);
            failure.printStackTrace(err);
        }
        err.flush();
        return 1;
    }

    static void print(PrintWriter err, String problem, String remedy) {
        err.println("error: " + problem);
        if (!remedy.isEmpty()) {
            err.println("remedy: " + remedy);
        }
    }
}
