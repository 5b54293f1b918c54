"""uvicorn, stopped quickly: open event streams are ended before connections are awaited."""

import gc
import logging
import socket
from collections.abc import Callable
from dataclasses import replace

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api.connections import BACKLOG, ConnectionPolicy, Repeated, bounded, room_for
from api.wiring import Services
from geodata.errors import RefusedError, UnavailableError
from geodata.said import said

# What a request may still take after Ctrl-C; streams end at once.
_GRACE_S = 2
_REPEATED = Repeated()


class Server(uvicorn.Server):
    """
    A uvicorn server for one application on one socket.

    `on_started` is called once, in a thread, when requests are being answered. `connections`
    bounds what clients may hold open.
    """

    def __init__(
        self,
        app: FastAPI,
        *,
        on_started: Callable[[Services], None] | None = None,
        connections: ConnectionPolicy | None = None,
    ) -> None:
        policy = connections or ConnectionPolicy()
        proxies = (one.strip() for one in app.state.trusted_proxies.split(","))
        policy = replace(policy, most=room_for(policy.most), trusted=frozenset(proxies))
        # Where connections cannot be accepted, asyncio says so for each of them.
        logging.getLogger("asyncio").addFilter(_REPEATED)
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                # Only these are believed when they say that the request came by https.
                proxy_headers=True,
                forwarded_allow_ips=app.state.trusted_proxies,
                timeout_graceful_shutdown=_GRACE_S,
                timeout_keep_alive=policy.keep_alive_s,
                backlog=BACKLOG,
                http=bounded(policy),
                # Nothing here speaks it, and an upgrade would leave our protocol.
                ws="none",
            )
        )
        self._app = app
        self._on_started = on_started

    @property
    def services(self) -> Services | None:
        """The parts of the application; None before it has started."""
        found = getattr(self._app.state, "services", None)
        return found if isinstance(found, Services) else None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        # The ground and the roads are here to stay. Looking through them for garbage would hold
        # every request up for a fifth of a second, again and again.
        gc.collect()
        gc.freeze()
        if self._on_started is not None and self.services is not None and self.started:
            await run_in_threadpool(self._on_started, self.services)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then let uvicorn wait for the rest."""
        if self.services is not None:
            self.services.hub.close()
        await super().shutdown(sockets)
        gc.unfreeze()

    def serve_on(self, listening: socket.socket) -> None:
        """
        Serve until stopped.

        Raises
        ------
        RefusedError
            The application could not start; code and hint say why.
        """
        try:
            self.run(sockets=[listening])
        except SystemExit:
            # uvicorn's way of saying that the application did not start.
            self._raise_refusal()
            raise
        self._raise_refusal()

    def _raise_refusal(self) -> None:
        refused = getattr(self._app.state, "refused", None)
        if isinstance(refused, RefusedError):
            raise refused


def listening_socket(host: str, port: int) -> socket.socket:
    """
    Open the socket to serve on; port 0 takes a free one.

    Raises
    ------
    RefusedError
        `address_unusable`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once only on sockets that say they are TCP; accepted ones inherit both.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise UnavailableError(
            "address_unusable",
            said(
                "cannot listen on {host} port {port:d}: {why}",
                host=host,
                port=port,
                why=error.strerror or error,
            ),
            said("choose another with --host and --port; port 0 takes a free one"),
        ) from error
    return listening
