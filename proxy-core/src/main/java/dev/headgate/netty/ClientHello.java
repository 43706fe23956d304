package dev.headgate.netty;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a ClientHello (RFC 8446 section 4.1.2) asks for, as far as it chooses the certificate and the protocol.
 *
 * @param serverName in lower case (RFC 6066 section 3); null where none was sent
 * @param protocols by the client's preference (RFC 7301 section 3.1); null where the extension was not sent
 */
record ClientHello(@Nullable String serverName, @Nullable List<String> protocols) {
    private static final int RANDOM_AND_VERSION = 34;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int HOST_NAME = 0;

    /**
     * Reads the message's body, behind its type and length.
     *
     * @throws IndexOutOfBoundsException if a length in it points beyond its end
     */
    static ClientHello of(ByteBuf body) {
        ByteBuf in = body.slice();
        in.skipBytes(RANDOM_AND_VERSION);
        in.skipBytes(in.readUnsignedByte());
        in.skipBytes(in.readUnsignedShort());
        in.skipBytes(in.readUnsignedByte());
        String serverName = null;
        List<String> protocols = null;
        // A ClientHello of TLS 1.2 may end here.
        ByteBuf extensions = in.isReadable() ? in.readSlice(in.readUnsignedShort()) : in;
        while (extensions.isReadable()) {
            int type = extensions.readUnsignedShort();
            ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
            if (type == SERVER_NAME) {
                serverName = serverName(extension);
            } else if (type == ALPN) {
                protocols = protocols(extension);
            }
        }
        return new ClientHello(serverName, protocols);
    }

    private static @Nullable String serverName(ByteBuf extension) {
        ByteBuf names = extension.readSlice(extension.readUnsignedShort());
        while (names.isReadable()) {
            int type = names.readUnsignedByte();
            ByteBuf name = names.readSlice(names.readUnsignedShort());
            if (type == HOST_NAME) {
                return name.toString(StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
            }
        }
        return null;
    }

    private static List<String> protocols(ByteBuf extension) {
        ByteBuf list = extension.readSlice(extension.readUnsignedShort());
        List<String> protocols = new ArrayList<>();
        while (list.isReadable()) {
            protocols.add(list.readSlice(list.readUnsignedByte()).toString(StandardCharsets.ISO_8859_1));
        }
        return protocols;
    }
}
