package io.bifocal.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.bifocal.core.cut.Positions;

/** Waits until records have arrived: in the answers, and in the archive, which is what fills the quarantine. */
final class ArrivalWatch {
    private static final long POLL_MILLIS = 200;

    private final Api api;
    private final String path;
    private final Progress progress;
    private final Patience patience;

    ArrivalWatch(Api api, String model, Progress progress, Patience patience) {
        this.api = api;
        this.path = "/models/" + Api.segment(model) + "/manifest";
        this.progress = progress;
        this.patience = patience;
    }

    /** Returns when every record before these positions is counted or quarantined; waits for as long as that takes. */
    void await(Positions target) {
        long missing = 0;
        while (true) {
            JsonNode manifest = patience.call(() -> api.get(path));
            Positions counted = counted(manifest);
            Positions archived = positions(manifest.path("archived"));
            if (counted.covers(target) && archived.covers(target)) {
                return;
            }
            long left = Math.max(target.minus(counted), target.minus(archived));
            missing = Math.max(missing, left);
            progress.at(
                    1 - (double) left / missing, () -> "waiting for " + left + " records to be counted and archived");
            Patience.pause(POLL_MILLIS);
        }
    }

    /** The end of the chain of parts; without parts, the generation's cut. */
    private static Positions counted(JsonNode manifest) {
        JsonNode parts = manifest.path("parts");
        return positions(
                parts.isEmpty()
                        ? manifest.path("cut")
                        : parts.get(parts.size() - 1).path("to"));
    }

    private static Positions positions(JsonNode node) {
        if (!node.isObject()) {
            return Positions.NONE;
        }
        try {
            return Api.JSON.treeToValue(node, Positions.class);
        } catch (JsonProcessingException notPositions) {
            throw new IllegalStateException("not positions: " + node, notPositions);
        }
    }
}
