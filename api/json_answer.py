"""
Answers that are written as JSON at once.

For the objects that the core documents and builds of plain values itself, and for models that
the route has just built: checking them again field by field would find nothing, takes the server
longer than writing them, and FastAPI takes a thread of its own for it.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec

import orjson
from pydantic import BaseModel
from starlette.responses import Response

_P = ParamSpec("_P")


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


def written(endpoint: Callable[_P, BaseModel]) -> Callable[_P, Response]:
    """
    Let a blocking endpoint write its model in the thread that made it; for answers of status 200.

    What the endpoint says it returns is still what the interface's description says.
    """

    @wraps(endpoint)
    def writing(*args: _P.args, **kwargs: _P.kwargs) -> Response:
        made = endpoint(*args, **kwargs)
        return Response(made.model_dump_json(), media_type="application/json")

    return writing
