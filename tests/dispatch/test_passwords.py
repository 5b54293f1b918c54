"""Passwords that are too easy, and those that are not."""

import secrets

import pytest

from dispatch.passwords import is_easy


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaa", "abababababab", "abcabcabcabc", "1234567890", "0987654321", "qwertyuiop",
        "abcdefghijkl", "zyxwvutsrqpo", "Password123!", "P@ssw0rd2026", "Parola1234", "parola2026!",
        "maria.popescu", "MARIA.POPESCU", "Maria.Popescu1", "mariapopescu", "popescu.maria",
        "ucsepop.airam", "m4r1a.p0p3scu", "0745291836", "Bucuresti2026", "București119",
        "dispatch119!", "administrator", "adminadminadmin", "asdfghjkl;", "          a",
        "parolaparola",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab1", "qwerty123456", "Iloveyou12", "1q1q1q1q1q1q",
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_easy(password: str) -> None:
    assert is_easy(password, "maria.popescu")


@pytest.mark.parametrize(
    "password",
    [
        "four random words", "correct horse battery", "another long password", "mere verzi la gară",
        "Tramvaiul 41 e plin", "x7#Kd92!mQ", "cal baterie capsa corect", "știuca-și-lampa",
        "maria.popescu are trei pisici",
    ],
)  # fmt: skip
def test_words_that_nobody_strings_together_are_not(password: str) -> None:
    assert not is_easy(password, "maria.popescu")


def test_no_random_password_is_called_easy() -> None:
    # Of twelve random characters three in ten thousand look easy; of sixteen, none in a hundred
    # thousand, and those are what the program itself makes.
    made = [secrets.token_urlsafe(size) for size in (12, 18) for _ in range(500)]
    assert [one for one in made if is_easy(one, "maria.popescu")] == []
