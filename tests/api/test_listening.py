"""The socket that the server listens on."""

import socket

import pytest

from api.server import listening_socket


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_an_accepted_connection_sends_at_once(host: str) -> None:
    with listening_socket(host, 0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()[:2]):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                assert accepted.proto == socket.IPPROTO_TCP
