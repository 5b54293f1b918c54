"""Offers of cases between counties over HTTP."""

from api.schemas.answers import Answer
from api.schemas.from_view import fields_of
from dispatch.transfers import TransferOffer


@fields_of(TransferOffer)
class TransferOfferAnswer(Answer):
    """A case that one county offers to another; late from `due_at` on, undecided without one."""
