"""``check``: every prerequisite with OK, WARN or FAIL, and what to do about it."""

from collections.abc import Sequence

from api.cli.edge import Json, say, show
from geodata.findings import Finding


def check(as_json: Json = False) -> int:
    """Check every prerequisite; exit 1 when one fails."""
    from api.cli.checks import run_all_checks
    from api.cli.context import load_settings

    return show_findings(run_all_checks(load_settings()), as_json=as_json)


def show_findings(findings: Sequence[Finding], *, as_json: bool) -> int:
    """Print findings, hints only where something is to be done; 1 when one failed."""
    if as_json:
        show({"checks": [finding.as_dict() for finding in findings]})
    else:
        for finding in findings:
            say(f"{finding.status:<4}  {finding.name:<42} {finding.message}")
            if finding.hint and not finding.is_ok:
                say(f"      hint: {finding.hint}")
    return 1 if any(finding.status == "FAIL" for finding in findings) else 0
