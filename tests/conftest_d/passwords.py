"""
Passwords that cost nothing to hash.

By design a password costs the application a fifteenth of a second and 64 MB, each time; the
tests of a run would pay for a thousand. Programs that tests start as processes of their own
pay as anywhere else: there is no setting that makes a password cheap.
"""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from dispatch import password_hashes


@pytest.fixture(scope="session", autouse=True)
def careful_hasher() -> Iterator[PasswordHasher]:
    """Hash as cheaply as argon2 can; return what hashes outside the tests."""
    careful = password_hashes._HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password_hashes, "_HASHER", PasswordHasher(1, 8, 1))
        yield careful
