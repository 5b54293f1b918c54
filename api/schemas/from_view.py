"""Answers that say just what a frozen row of the core says: its fields are theirs."""

from collections.abc import Callable, Collection
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, create_model

AnswerT = TypeVar("AnswerT", bound=BaseModel)


def fields_of(
    view: type, *, leave_out: Collection[str] = (), **other_types: Any
) -> Callable[[type[AnswerT]], type[AnswerT]]:
    """
    Give an answer the fields of a dataclass, in its order and with its defaults.

    What is added to the dataclass is then told to everybody who may read the answer; an
    answer that must not grow by itself lists its fields.

    Parameters
    ----------
    view
        The dataclass.
    leave_out
        Names of its fields that are not answered.
    **other_types
        Types of fields that are answered in another shape, as a place is.
    """
    hints = get_type_hints(view) | other_types

    def given(answer: type[AnswerT]) -> type[AnswerT]:
        known = {*answer.model_fields, *leave_out}
        definitions: dict[str, Any] = {
            field.name: (hints[field.name], ... if field.default is MISSING else field.default)
            for field in fields(view)
            if field.name not in known
        }
        return create_model(
            answer.__name__,
            __base__=answer,
            __doc__=answer.__doc__,
            __module__=answer.__module__,
            **definitions,
        )

    return given
