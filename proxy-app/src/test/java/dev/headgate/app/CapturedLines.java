package dev.headgate.app;

import com.github.luben.zstd.ZstdInputStream;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;

/** What a capture has written. */
final class CapturedLines {
    private static final Schema SCHEMA = schema();

    private CapturedLines() {}

    private static Schema schema() {
        try {
            JsonNode schema = RunningProxy.JSON.readTree(Files.readString(Path.of("../config/capture.schema.json")));
            return SchemaRegistry.withDialect(Dialects.getDraft7()).getSchema(schema);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The files, the oldest first. */
    static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }

    static String text(Path file) throws IOException {
        String name = file.toString();
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = name.endsWith(".zst")
                        ? new ZstdInputStream(raw)
                        : name.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** All files one after the other. */
    static String text(List<Path> files) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append(text(file));
        }
        return text.toString();
    }

    /** The lines, each valid by the schema. */
    static List<JsonNode> lines(Path directory) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : text(files(directory)).split("\n")) {
            JsonNode json = RunningProxy.JSON.readTree(line);
            List<Error> errors = SCHEMA.validate(json);
            if (!errors.isEmpty()) {
                throw new AssertionError(errors + " in " + line);
            }
            lines.add(json);
        }
        return lines;
    }
}
