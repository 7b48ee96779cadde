"""The simplest client that publishes with MQTT 3.1.1, to see what that costs on the wire."""
import socket
import struct

IN_FLIGHT = 20  # as most clients have it
CONNECT, PUBLISH_QOS_1 = 0x10, 0x32
PUBACK_BYTES = CONNACK_BYTES = 4
HEADER_BYTES = 20 + 20 + 12  # of IPv4, TCP and its time stamps, on each segment
# Of struct tcp_info in linux/tcp.h.
BYTES_RECEIVED, SEGMENTS_OUT, SEGMENTS_IN, BYTES_SENT = 128, 136, 140, 200


def text(value):
    return struct.pack(">H", len(value)) + value


def packet(kind, body):
    length, size = b"", len(body)
    while True:
        length += bytes([size % 128 | (0x80 if size >= 128 else 0)])
        size //= 128
        if size == 0:
            return bytes([kind]) + length + body


class Publisher:
    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waiting = self._sent = 0
        self._socket.sendall(packet(CONNECT, text(b"MQTT") + b"\x04\x02" + struct.pack(">H", 60) + text(b"publisher")))
        self._read(CONNACK_BYTES)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def publish(self, topic, payload):
        """At QoS 1, once there is room for one more under way."""
        while self._waiting >= IN_FLIGHT:
            self._take()
        self._sent += 1
        number = struct.pack(">H", 1 + self._sent % 0xFFFF)
        self._socket.sendall(packet(PUBLISH_QOS_1, text(topic.encode()) + number + payload))
        self._waiting += 1

    def finish(self):
        """Bytes on the wire, (sent, received), once everything is acknowledged."""
        while self._waiting:
            self._take()
        info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        sent, = struct.unpack_from("Q", info, BYTES_SENT)
        received, segments_out, segments_in = struct.unpack_from("QII", info, BYTES_RECEIVED)
        return sent + HEADER_BYTES * segments_out, received + HEADER_BYTES * segments_in

    def _take(self):
        self._read(PUBACK_BYTES)
        self._waiting -= 1

    def _read(self, count):
        while count:
            data = self._socket.recv(count)
            if not data:
                raise ConnectionError("the broker has ended the connection")
            count -= len(data)
