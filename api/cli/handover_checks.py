"""What `dispatch119 check` says about hand-overs: where they go, and which were given up."""

from pathlib import Path

from sqlalchemy import Engine

from api.clients.handover_senders import running_sender
from api.settings import HandoverSettings
from api.wiring import packing_of
from dispatch.services.delivering import count_open
from geodata.findings import Finding
from geodata.said import said

_FAILED = ("given_up", "rejected")


def handover_findings(settings: HandoverSettings, data_dir: Path, app: Engine) -> list[Finding]:
    """
    Check where packages go, their page and those that wait; `app` is the application's engine.

    Raises
    ------
    RefusedError
        The configured address is unsafe, or the database does not answer.
    """
    with running_sender(settings, data_dir) as sender:
        receiver = sender.name
    return [Finding("hand-over receiver", "OK", receiver), _page(settings), _waiting(app)]


def _page(settings: HandoverSettings) -> Finding:
    missing = [font.name for font in packing_of(settings).fonts or () if not font.is_file()]
    if missing:
        hint = said("run make setup; until then packages leave without a printed page")
        return Finding("hand-over page", "WARN", f"missing: {', '.join(missing)}", hint)
    return Finding("hand-over page", "OK", "fonts are installed")


def _waiting(app: Engine) -> Finding:
    counts = count_open(app)
    failed = sum(counts.get(state, 0) for state in _FAILED)
    message = ", ".join(f"{n} {state}" for state, n in sorted(counts.items())) or "none waiting"
    if failed:
        hint = said(
            "phone 112 for each and acknowledge it, or send it again: the console lists them"
        )
        return Finding("hand-overs", "WARN", message, hint)
    return Finding("hand-overs", "OK", message)
