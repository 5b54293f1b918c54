"""Text that PostgreSQL cannot hold is refused in every field of every request."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from api.schemas import closure_requests, requests, road_closures
from api.schemas.requests import Request, check_text

REQUESTS = [
    model
    for module in (requests, road_closures, closure_requests)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, Request) and model is not Request
]


@pytest.mark.parametrize("model", REQUESTS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "ok\udfff"])
def test_every_request_refuses_it_in_every_field(model: type[BaseModel], text: str) -> None:
    for name in model.model_fields:
        for value in (text, [text], {"deep": [{text: 1}]}):
            with pytest.raises(ValidationError) as refused:
                model.model_validate({name: value})
            assert refused.value.errors()[0]["type"] == "text_not_storable"


@pytest.mark.parametrize(
    "value", ["ăîșț", "", "\U0001f600", ["a", {"b": 1.5}], None, "line\nbreak"]
)
def test_other_text_passes(value: Any) -> None:
    check_text(value)
