package io.bifocal.infra.local;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Asks servers in their own protocols whether they are ready, without the weight of their clients. */
final class Probes {
    private static final int TIMEOUT_MILLIS = 1_000;
    private static final int KAFKA_METADATA = 3;
    private static final int KAFKA_METADATA_VERSION = 7;
    private static final int CQL_VERSION = 4;
    private static final int CQL_OPTIONS = 5;
    private static final int CQL_SUPPORTED = 6;

    private Probes() {}

    /** Whether a broker is in the cluster's metadata: one that is still fenced is not. */
    static boolean kafkaAnswers(int port) {
        try (Socket socket = connect("127.0.0.1", port)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream request = new DataOutputStream(bytes);
            request.writeShort(KAFKA_METADATA);
            request.writeShort(KAFKA_METADATA_VERSION);
            request.writeInt(1); // correlation
            request.writeShort(-1); // no client id
            request.writeInt(0); // no topics
            request.writeBoolean(false); // create none
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(bytes.size());
            bytes.writeTo(out);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.skipNBytes(3 * Integer.BYTES); // size, correlation, throttle time
            return in.readInt() > 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Whether a node takes CQL clients. */
    static boolean cassandraAnswers(String host, int port) {
        try (Socket socket = connect(host, port)) {
            socket.getOutputStream().write(new byte[] {CQL_VERSION, 0, 0, 0, CQL_OPTIONS, 0, 0, 0, 0});
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.skipNBytes(4); // version, flags, stream
            return in.readByte() == CQL_SUPPORTED;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Socket connect(String host, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            return socket;
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }
}
