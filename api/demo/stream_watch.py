"""A second listener on the event stream, as another browser would be."""

import threading
from types import TracebackType
from typing import Self

import httpx


class StreamWatch:
    """Counts the events that reach a listener while it is open."""

    def __init__(self, base_url: str, token: str) -> None:
        self.events = 0
        self._http = httpx.Client(
            base_url=base_url, headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        self._open = True
        self._connected = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="demo-listener", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._connected.wait(timeout=10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        self._http.close()

    def _listen(self) -> None:
        try:
            with self._http.stream("GET", "/v1/stream", timeout=None) as response:
                for line in response.iter_lines():
                    self._connected.set()
                    self.events += line.startswith("event:")
                    if not self._open:
                        return
        except httpx.HTTPError:
            # The server ends its streams when it stops; that is how this one ends too.
            return
