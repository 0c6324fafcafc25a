package io.bifocal.core.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bifocal.core.error.BifocalException;
import io.bifocal.core.error.ErrorCode;
import io.bifocal.core.error.Errors;
import io.bifocal.core.query.Snapshot.Role;
import io.bifocal.core.query.Snapshot.Source;
import io.bifocal.core.view.RetainedDays;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * All that is needed to give an answer again: the query, the rollup, the fingerprint of the definition, which the catalog keeps,
 * and the parts as the manifest named them.
 * Written as JSON, deflated, in URL-safe base 64; the stream's checksum tells a damaged token.
 */
record AnswerToken(Query query, String rollup, String definition, Snapshot snapshot) {
    private static final int MAX_BYTES = 1 << 20;
    private static final List<String> KEYS = List.of(
            "query", "rollup", "definition", "generation", "exactThrough", "freshThrough", "retainedFrom", "parts");

    String encode() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("query", QueryPrinter.toJson(query.withoutDemands()));
        json.put("rollup", rollup);
        json.put("definition", definition);
        json.put("generation", snapshot.generation());
        snapshot.exactThrough().ifPresent(at -> json.put("exactThrough", at.toString()));
        snapshot.freshThrough().ifPresent(at -> json.put("freshThrough", at.toString()));
        snapshot.retained().from().ifPresent(first -> json.put("retainedFrom", first.toString()));
        ArrayNode parts = json.putArray("parts");
        for (Source source : snapshot.sources()) {
            parts.addArray()
                    .add(source.part())
                    .add(source.role().name())
                    .add(source.batches())
                    .add(source.records());
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(deflate(json.toString()));
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws BifocalException {@code BAD_REQUEST} for anything else
     */
    static AnswerToken decode(String token) {
        try {
            JsonNode json = QueryParser.tree(inflate(Base64.getUrlDecoder().decode(token)));
            JsonFields fields = new JsonFields(json, "", KEYS);
            if (!(QueryParser.parse(json.path("query")) instanceof Query query)) {
                throw garbage(null);
            }
            return new AnswerToken(
                    query,
                    fields.requiredText("rollup"),
                    fields.requiredText("definition"),
                    new Snapshot(
                            fields.wholeNumber("generation", 0, Long.MAX_VALUE).orElseThrow(() -> garbage(null)),
                            fields.text("exactThrough").map(Instant::parse),
                            fields.text("freshThrough").map(Instant::parse),
                            fields.list("parts", AnswerToken::source),
                            new RetainedDays(fields.text("retainedFrom").map(LocalDate::parse))));
        } catch (IOException | IllegalArgumentException | DateTimeException | BifocalException broken) {
            throw garbage(broken);
        }
    }

    private static Source source(JsonNode part) {
        boolean formed = part.isArray()
                && part.size() == 4
                && part.get(0).isTextual()
                && part.get(1).isTextual()
                && part.get(2).canConvertToInt()
                && part.get(3).canConvertToLong();
        if (!formed) {
            throw garbage(null);
        }
        return new Source(
                part.get(0).textValue(),
                Role.valueOf(part.get(1).textValue()),
                part.get(2).intValue(),
                part.get(3).longValue());
    }

    private static byte[] deflate(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static String inflate(byte[] bytes) throws IOException {
        Inflater inflater = new Inflater();
        ByteArrayInputStream source = new ByteArrayInputStream(bytes);
        try (InflaterInputStream in = new InflaterInputStream(source, inflater)) {
            byte[] text = in.readNBytes(MAX_BYTES);
            if (in.read() >= 0 || inflater.getRemaining() > 0 || source.available() > 0) {
                throw new IOException("more than a token");
            }
            return new String(text, StandardCharsets.UTF_8);
        } finally {
            inflater.end();
        }
    }

    private static BifocalException garbage(Throwable cause) {
        return Errors.of(
                ErrorCode.BAD_REQUEST,
                "The answer's token cannot be read.",
                "Give meta.answer of an earlier answer, whole and unchanged.",
                cause);
    }
}
