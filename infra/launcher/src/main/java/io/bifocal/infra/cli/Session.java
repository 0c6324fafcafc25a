package io.bifocal.infra.cli;

import java.io.PrintWriter;
import java.net.URI;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** What every command takes and has. */
final class Session {
    /** How answers are printed. */
    enum Output {
        TABLE,
        JSON,
        CSV
    }

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            converter = PlatformUrl.class,
            defaultValue = "http://127.0.0.1:8080",
            description = "Where the platform's API is (default: ${DEFAULT-VALUE}).")
    private URI url;

    @Option(
            names = "--output",
            scope = ScopeType.INHERIT,
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, json or csv (default: ${DEFAULT-VALUE}).")
    private Output output;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    URI url() {
        return url;
    }

    Output output() {
        return output;
    }

    Api api() {
        return new Api(url);
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    Printer printer() {
        return new Printer(out(), output);
    }

    Progress progress() {
        return new Progress(err(), Boolean.getBoolean("bifocal.terminal"));
    }
}
