"""Where things lie, wherever a test that needs them may stand."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""

CASES = ROOT / "tests" / "cases"
"""Messages and places that several tests read."""
