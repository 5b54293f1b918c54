"""Settings from the environment, and where the data lies."""

import pytest
from pydantic import ValidationError

from api.cli.context import load_settings
from api.settings import Settings, default_data_dir
from geodata.errors import RefusedError
from tests.conftest_d.folders import ROOT


def test_a_checkout_keeps_its_data_beside_the_code() -> None:
    assert default_data_dir() == ROOT / ".data"


def test_the_environment_reaches_every_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPATCH119_PORT", "9000")
    monkeypatch.setenv("DISPATCH119_SESSION_HOURS", "8")
    monkeypatch.setenv("DISPATCH119_DATABASE_URL", "postgresql://elsewhere/db")
    settings = Settings()
    assert settings.web.port == 9000
    assert settings.session.session_hours == 8.0
    assert settings.database.database_url == "postgresql://elsewhere/db"


def test_a_bound_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPATCH119_PORT", "70000")
    with pytest.raises(ValidationError):
        Settings()


def test_the_command_line_names_the_bad_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPATCH119_PORT", "many")
    with pytest.raises(RefusedError, match="PORT") as refusal:
        load_settings()
    assert refusal.value.code == "bad_setting"
