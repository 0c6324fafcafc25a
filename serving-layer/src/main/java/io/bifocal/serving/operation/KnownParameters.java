package io.bifocal.serving.operation;

import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.error.Nearest;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;

/** Refuses query parameters that a resource does not have: one that is misspelt would ask for everything. */
final class KnownParameters {
    private KnownParameters() {}

    /** @throws io.bifocal.core.error.BifocalException {@code BAD_REQUEST} where there is another */
    static void require(UriInfo address, List<String> known) {
        for (String name : address.getQueryParameters().keySet()) {
            if (!known.contains(name)) {
                throw Errors.of(
                        ErrorCode.BAD_REQUEST,
                        "There is no parameter " + name + " here.",
                        Nearest.remedy(name, known),
                        Map.of("parameter", name));
            }
        }
    }
}
