package io.bifocal.infra.cli;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An address that the HTTP client takes: what it would only refuse in the middle of a command is refused before. */
final class PlatformUrl implements ITypeConverter<URI> {
    private static final int MAX_PORT = 65_535;

    @Override
    public URI convert(String text) {
        try {
            URI url = new URI(text);
            boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            if (http && url.getHost() != null && url.getPort() <= MAX_PORT) {
                return url;
            }
        } catch (URISyntaxException notAUrl) {
            // Told below, as an address of another kind is.
        }
        throw new TypeConversionException("'" + text + "' is not an address such as http://127.0.0.1:8080");
    }
}
