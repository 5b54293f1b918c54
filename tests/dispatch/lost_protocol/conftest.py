"""A LoST server on the compiled reference data, and queries to it."""

import re
from pathlib import Path

import pytest

from dispatch.lost_protocol.server import LostServer
from tests.conftest_d.lost_queries import Desk, make_server


@pytest.fixture(scope="session")
def lost_server() -> LostServer:
    return make_server()


@pytest.fixture(scope="session")
def desk(lost_server: LostServer) -> Desk:
    return Desk(lost_server)


@pytest.fixture(scope="session")
def rfc5222(shared_data: Path) -> str:
    """The text of the RFC without its page breaks."""
    text = (shared_data.parent / "standards/rfc/rfc5222.txt").read_text(encoding="utf-8")
    breaks = r"\n+Hardie, et al\.[^\n]*\[Page \d+\]\n\x0c?\n*RFC 5222 [^\n]*\n"
    return re.sub(breaks, "\n", text).replace("\x0c", "")
