"""A TCP path over the loopback that a test can cut or silence."""
import contextlib
import selectors
import socket
import struct
import threading


class Path:
    """Passes bytes on to `port`, in a thread of its own, until told to do harm."""

    def __init__(self, port):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._budget = None  # bytes, both ways, until the next cut
        self._silent = False
        self._broken = False
        self.cuts = 0
        self.passed = [0, 0]  # bytes: to the target, and back
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ended = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()

    def cut_after(self, count):
        """Resets the connection once so many bytes more have gone either way."""
        with self._lock:
            self._budget = count

    def silence(self):
        """Connections stay open, new ones are accepted, and nothing comes through."""
        with self._lock:
            self._silent = True

    def break_off(self):
        """Resets all connections, and new ones at once."""
        with self._lock:
            self._broken = True
            for pair in {id(key.data): key.data for key in self._selector.get_map().values() if key.data}.values():
                self._reset(pair)

    def heal(self):
        """What was silent stays so; new connections are good."""
        with self._lock:
            self._silent = self._broken = False

    def _run(self):
        while not self._ended:
            for key, _ in self._selector.select(0.1):
                with self._lock:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif key.fileobj.fileno() >= 0:
                        self._pass(key.fileobj, key.data)

    def _accept(self):
        client = self._listener.accept()[0]
        if self._broken:
            client.close()
            return
        try:
            broker = socket.create_connection(("127.0.0.1", self._target))
        except ConnectionRefusedError:
            client.close()
            return
        pair = {"sockets": (client, broker), "silent": False}
        for one in pair["sockets"]:
            self._selector.register(one, selectors.EVENT_READ, pair)

    def _pass(self, source, pair):
        pair["silent"] |= self._silent
        client, broker = pair["sockets"]
        try:
            data = source.recv(4096)
        except ConnectionError:
            data = b""
        if pair["silent"]:
            if not data and source is client:
                self._close(pair)
            elif not data:
                self._selector.unregister(source)
            return
        cut = self._budget is not None and len(data) >= self._budget
        if cut:
            data = data[:self._budget]
        elif self._budget is not None:
            self._budget -= len(data)
        with contextlib.suppress(ConnectionError):
            (broker if source is client else client).sendall(data)
            self.passed[source is broker] += len(data)
        if cut:
            self._budget = None
            self.cuts += 1
            self._reset(pair)
        elif not data:
            self._close(pair)

    def _reset(self, pair):
        for one in pair["sockets"]:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._close(pair)

    def _close(self, pair):
        for one in pair["sockets"]:
            with contextlib.suppress(KeyError):
                self._selector.unregister(one)
            one.close()
