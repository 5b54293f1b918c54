"""All centres at a glance, for who supervises them."""

from fastapi import APIRouter

from api.routes.parameters import PROBLEMS, Looks, Parts, Supervises
from api.schemas.supervision import OverviewAnswer
from dispatch.services import centres as use_cases

router = APIRouter(prefix="/v1/centres", tags=["supervision"], responses=PROBLEMS)


@router.get("")
def read_overview(parts: Parts, scope: Supervises, looks: Looks) -> OverviewAnswer:
    """
    Return what waits in each of your centres and since when, the worst first; audited.

    Counts and moments, nothing of any person. The stream's `change` says when to ask again.
    """
    overview = use_cases.read_overview(parts.engine, scope)
    looks.at("centres", len(overview.centres))
    return OverviewAnswer.of(overview)
