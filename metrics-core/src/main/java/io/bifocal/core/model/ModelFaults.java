package io.bifocal.core.model;

import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A model file is refused, for all of these reasons. */
public final class ModelFaults extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    public ModelFaults(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** Every fault of the file, by line; empty after serialization, where the message still tells them. */
    public List<Fault> faults() {
        return faults == null ? List.of() : faults;
    }

    /** The same as one fault for users of the API and the command line; its value {@code faults} lists them. */
    public BifocalException asException() {
        List<Map<String, Object>> listed = faults().stream()
                .map(fault -> Map.<String, Object>of(
                        "file", fault.file(),
                        "line", fault.line(),
                        "problem", fault.problem(),
                        "remedy", fault.remedy()))
                .toList();
        return Errors.of(
                ErrorCode.BAD_MODEL,
                "The model is refused:\n" + getMessage(),
                "Mend the lines that are named, then try again.",
                Map.of("faults", listed));
    }
}
