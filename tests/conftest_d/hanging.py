"""A wire to a server that can be made to hang: it takes everything and passes nothing on."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_CHUNK = 65_536


class Wire:
    """Passes bytes between whoever connects and a server, until `hang` and after `go_on`."""

    def __init__(self, base_url: str) -> None:
        target = urlsplit(base_url)
        self._target = (target.hostname or "", target.port or 0)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = threading.Event()
        self._open.set()
        self._loses = False
        self._sockets: list[socket.socket] = [self._listening]
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._serve, daemon=True)
        self._accepting.start()

    @property
    def base_url(self) -> str:
        """The address of this end."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def hang(self) -> None:
        """Keep what comes from now on, in both directions."""
        self._open.clear()

    def lose(self) -> None:
        """
        Lose what comes from now on, in both directions.

        A connection that has lost something is never of use again, and nobody is told; as when a
        box in between forgets it.
        """
        self._loses = True

    def go_on(self) -> None:
        """Pass on what was kept, and what comes over a connection that has lost nothing."""
        self._loses = False
        self._open.set()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self._sockets.append(near)
                far = socket.create_connection(self._target)
                self._sockets.append(far)
                lost = threading.Event()
                for one, other in ((near, far), (far, near)):
                    passing = threading.Thread(
                        target=self._pass, args=(one, other, lost), daemon=True
                    )
                    self._threads.append(passing)
                    passing.start()

    def cut(self) -> None:
        """End all connections; nobody accepts or passes anything any more."""
        self._open.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()

    def _pass(self, one: socket.socket, other: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while data := one.recv(_CHUNK):
                self._open.wait()
                if self._loses:
                    lost.set()
                if not lost.is_set():
                    other.sendall(data)
            self._open.wait()
            other.shutdown(socket.SHUT_WR)


@contextmanager
def wire_to(base_url: str) -> Iterator[Wire]:
    """Put a wire in front of a server for the duration of the block."""
    wire = Wire(base_url)
    try:
        yield wire
    finally:
        wire.cut()
