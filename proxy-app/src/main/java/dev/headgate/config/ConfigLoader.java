package dev.headgate.config;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a configuration file: text, YAML nodes, JSON tree, schema, values, records. Blocks; safe for any thread. */
public final class ConfigLoader {
    private static final int LARGEST = 1 << 20;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private ConfigLoader() {}

    /**
     * A valid configuration and what is odd about it.
     *
     * @param warnings by place; may be empty
     * @param files the file itself and those that it names, absolute
     */
    public record Loaded(Config config, List<ConfigError> warnings, Set<Path> files) {
        public Loaded {
            warnings = List.copyOf(warnings);
            files = Collections.unmodifiableSet(new LinkedHashSet<>(files));
        }
    }

    /**
     * Reads a configuration.
     *
     * @param file UTF-8, at most 1 MiB; relative paths in it start at its directory
     * @param env the variables that {@code ${NAME}} may name
     * @param profiles the built-in profiles, which a route may name beside those of the file
     * @throws ConfigException with every error
     */
    public static Config load(Path file, Map<String, String> env, Set<String> profiles) throws ConfigException {
        return loadWithWarnings(file, env, profiles).config();
    }

    /** As {@link #load}, with the warnings. */
    public static Loaded loadWithWarnings(Path file, Map<String, String> env, Set<String> profiles)
            throws ConfigException {
        Problems problems = new Problems(file.toString());
        String text = text(file, problems);
        Node node = new YamlText(text, problems).compose();
        problems.throwIfAny();
        if (node == null) {
            problems.report(Place.START, "", "empty (expected: the keys " + required() + ")");
            throw new ConfigException(problems.byPlace());
        }
        Path parent = file.toAbsolutePath().getParent();
        Path directory = parent == null ? file.toAbsolutePath() : parent;
        Tree tree = new Tree(node, directory, env, problems);
        Values values = new Values(tree, directory, profiles, problems);
        JsonNode converted = values.convert();
        for (Error error : ConfigSchema.validate(tree.root())) {
            report(error, tree, values, problems);
        }
        new ProfileCheck(tree, converted, profiles, problems).run();
        boolean whole = problems.isEmpty();
        new CrossCheck(tree, converted, problems).run();
        if (!whole) {
            problems.throwIfAny();
        }
        Config config = MAPPER.treeToValue(converted, Config.class);
        Problems warnings = new Problems(file.toString());
        new CertificateCheck(tree, Instant.now(), problems, warnings).run(config);
        problems.throwIfAny();
        CrossCheck.warn(tree, config, warnings);
        UnusedProfiles.warn(tree, config, warnings);
        Set<Path> files = new LinkedHashSet<>(tree.files());
        files.add(file.toAbsolutePath());
        return new Loaded(config, warnings.byPlace(), files);
    }

    private static String required() {
        return String.join(
                ", ",
                ConfigSchema.ROOT
                        .path("required")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList());
    }

    private static String text(Path file, Problems problems) throws ConfigException {
        byte[] bytes = new byte[0];
        if (Files.isDirectory(file)) {
            problems.report(Place.FILE, "", "a directory (expected: a file)");
        } else {
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(LARGEST + 1);
            } catch (NoSuchFileException e) {
                problems.report(Place.FILE, "", "no such file");
            } catch (AccessDeniedException e) {
                problems.report(Place.FILE, "", "may not be read (expected: permission to read it)");
            } catch (FileSystemException e) {
                problems.report(Place.FILE, "", "cannot be read: " + e.getReason());
            } catch (IOException e) {
                problems.report(Place.FILE, "", "cannot be read: " + e.getMessage());
            }
        }
        if (bytes.length > LARGEST) {
            problems.report(Place.FILE, "", "larger than 1MiB (expected: at most 1MiB)");
        }
        problems.throwIfAny();
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        if (decoder.decode(in, out, true).isError()) {
            int bad = in.get(in.position()) & 0xFF;
            problems.report(Place.after(out.flip()), "", String.format("the byte 0x%02X (expected: UTF-8)", bad));
        }
        problems.throwIfAny();
        String text = out.flip().toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static void report(Error error, Tree tree, Values values, Problems problems) {
        String path = path(error.getInstanceLocation());
        Origin origin = tree.origin(path);
        if (origin == null
                || error.getEvaluationPath().contains("propertyNames")
                || error.getKeyword().equals("uniqueItems")) {
            // Nothing that was filled in is invalid; names and what is there twice are found with the values.
            return;
        }
        String property = error.getProperty() == null ? "" : error.getProperty();
        switch (error.getKeyword()) {
            case "required" -> {
                JsonNode known = ConfigSchema.property(origin.schema(), property);
                if (!known.isMissingNode()) {
                    problems.reportValue(
                            origin.value(),
                            KeyPath.key(path, property),
                            "missing (expected: " + values.expected(known) + ")");
                }
            }
            case "additionalProperties" -> {
                String at = KeyPath.key(path, property);
                Origin unknown = tree.origin(at);
                problems.reportValue(
                        unknown == null ? origin.value() : unknown.key(),
                        at,
                        "unknown key (expected: " + Nearest.oneOf(property, ConfigSchema.keys(origin.schema())) + ")");
            }
            default ->
                problems.reportValue(
                        origin.value(), path, origin.shown() + " (expected: " + values.expected(origin.schema()) + ")");
        }
    }

    private static String path(NodePath location) {
        String path = "";
        for (int i = 0; i < location.getNameCount(); i++) {
            Object element = location.getElement(i);
            path = element instanceof Integer index
                    ? KeyPath.index(path, index)
                    : KeyPath.key(path, String.valueOf(element));
        }
        return path;
    }
}
