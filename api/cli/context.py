"""What several commands need: settings from the environment, and the scope of a shell."""

import getpass

from pydantic import ValidationError

from api.settings import Settings
from dispatch.roles import Role
from geodata.database.engine import Scope
from geodata.errors import BadInputError
from geodata.reference.codes import CODES
from geodata.said import said


def load_settings() -> Settings:
    """
    Read the settings from the environment.

    Raises
    ------
    RefusedError
        `bad_setting`: an environment variable has an unusable value.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise BadInputError(
            "bad_setting",
            said("{name}: {fault}", name=name, fault=first["msg"]),
            said("see the variable DISPATCH119_{name}", name=name),
        ) from error


def cli_scope(role: Role = Role.ADMINISTRATOR) -> Scope:
    """Return the national scope of whoever may run commands on this machine."""
    return Scope(actor=f"cli:{_user()}", role=role, counties=tuple(CODES))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
