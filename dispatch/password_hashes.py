"""Passwords as argon2 hashes: made of what is hard to guess, and verified in about 0.1 s of CPU."""

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from dispatch.errors import AccountError
from dispatch.passwords import MAX_PASSWORD, MIN_PASSWORD, is_easy
from geodata.said import said

_HASHER = PasswordHasher()


def hashed(password: str, username: str) -> str:
    """
    Return the hash of a new password.

    Raises
    ------
    AccountError
        `weak_password`.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccountError(
            "weak_password",
            said(
                "a password has {min_password} to {max_password} characters",
                min_password=MIN_PASSWORD,
                max_password=MAX_PASSWORD,
            ),
            said("four random words are good"),
        )
    if is_easy(password, username):
        raise AccountError(
            "weak_password",
            said("the password is too easy to guess"),
            said("no name, no run of keys, no common word alone; four random words are good"),
        )
    return _HASHER.hash(password)


@lru_cache(maxsize=1)
def decoy() -> str:
    """Return a hash that no password opens, so that unknown names take as long as known ones."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def verifies(kept: str, password: str) -> bool:
    """Tell whether a password is the one of a hash; of one that is too long, a part is read."""
    try:
        return _HASHER.verify(kept, password[: MAX_PASSWORD + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False
