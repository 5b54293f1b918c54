"""
An answer that is written as JSON at once.

For the objects that the core documents and builds of plain values itself: checking them again
field by field would find nothing, and takes the server longer than writing them.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response


class JsonAnswer(Response):
    """
    A JSON object of plain values and ids.

    Raises
    ------
    TypeError
        Something in it has no form in JSON.
    """

    media_type = "application/json"

    def render(self, content: Mapping[str, Any]) -> bytes:
        """Write the object; what is no number (NaN, infinity) becomes null."""
        return orjson.dumps(content)
