package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** PEM files of the day, made by openssl, in one directory; {@code NAME.crt} and {@code NAME.key}. */
public final class Certificates {
    private static final String EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";

    private final Path directory;

    private Certificates(Path directory) {
        this.directory = directory;
    }

    public static Certificates in(Path directory) {
        return new Certificates(directory);
    }

    public Path certificate(String name) {
        return directory.resolve(name + ".crt");
    }

    public Path key(String name) {
        return directory.resolve(name + ".key");
    }

    /**
     * Makes one for 90 days that vouches for itself.
     *
     * @param alternatives such as {@code DNS:localhost,IP:127.0.0.1}
     */
    public Certificates selfSigned(String name, String alternatives) throws Exception {
        return selfSigned(name, EC + " -days 90 -addext subjectAltName=" + alternatives, true);
    }

    /** @param options of openssl req, key, time and extensions */
    Certificates selfSigned(String name, String options, boolean secret) throws Exception {
        openssl("req -x509 -nodes -subj /CN=" + name + " " + options + " -keyout " + key(name) + " -out "
                + certificate(name));
        if (secret) {
            Files.setPosixFilePermissions(key(name), PosixFilePermissions.fromString("rw-------"));
        }
        return this;
    }

    /** Makes one that an authority, made by {@link #selfSigned} before, vouches for. */
    public Certificates signed(String name, String authority) throws Exception {
        Path request = directory.resolve(name + ".csr");
        openssl("req -new -nodes -subj /CN=" + name + " " + EC + " -keyout " + key(name) + " -out " + request);
        openssl("x509 -req -days 90 -in " + request + " -CA " + certificate(authority) + " -CAkey " + key(authority)
                + " -CAcreateserial -out " + certificate(name));
        return this;
    }

    /** Makes one whose time is over. */
    Certificates expired(String name) throws Exception {
        selfSigned(name, "DNS:" + name);
        Path ca = Files.createDirectory(directory.resolve(name + ".ca"));
        Files.createFile(ca.resolve("index.txt"));
        Files.writeString(ca.resolve("serial"), "01\n");
        Path config = Files.writeString(ca.resolve("ca.cnf"), """
                [ca]
                default_ca = it
                [it]
                database = %1$s/index.txt
                serial = %1$s/serial
                new_certs_dir = %1$s
                default_md = sha256
                policy = any
                x509_extensions = names
                [any]
                commonName = supplied
                [names]
                subjectAltName = DNS:%2$s
                """.formatted(ca, name));
        Path request = ca.resolve("csr");
        openssl("req -new -subj /CN=" + name + " -key " + key(name) + " -out " + request);
        openssl("ca -batch -notext -selfsign -config " + config + " -in " + request + " -keyfile " + key(name)
                + " -startdate 20200101000000Z -enddate 20210101000000Z -out " + certificate(name));
        return this;
    }

    /** Runs openssl to a good end; gives what it prints. */
    public String openssl(String arguments) throws Exception {
        return run(0, "openssl " + arguments, "");
    }

    /** Runs a program and gives all that it prints, whatever its end. */
    public String run(String command, String input) throws Exception {
        return run(-1, command, input);
    }

    private String run(int expected, String command, String input) throws Exception {
        Path out = Files.createTempFile(directory, "run", ".txt");
        Path in = Files.writeString(Files.createTempFile(directory, "run", ".in"), input);
        Process process = new ProcessBuilder(new ArrayList<>(List.of(command.split(" ", -1))))
                .redirectErrorStream(true)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(command).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = read(out);
        if (expected >= 0) {
            assertThat(process.exitValue()).as(command + "\n" + text).isEqualTo(expected);
        }
        return text;
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
