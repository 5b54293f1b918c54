"""Location servers of others, on this machine: honest ones and otherwise."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Lis:
    """A location server: what it answers, and what it was asked."""

    answer: Callable[[BaseHTTPRequestHandler], None]
    url: str = ""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)


def answering(
    body: bytes, kind: str = "application/held+xml", *, status: int = 200, only: str = "POST"
) -> Lis:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status if handler.command == only else 405)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return Lis(answer)


@contextmanager
def running(lis: Lis) -> Iterator[Lis]:
    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            lis.asked.append((self.command, self.headers.get("Content-Type") or "", body))
            try:
                lis.answer(self)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = _take

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        lis.url = f"http://127.0.0.1:{server.server_address[1]}/loc/1"
        yield lis
        server.shutdown()
