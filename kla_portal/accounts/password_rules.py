"""What a chosen password must be. Each message names the next step; Django's own lists stay behind it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from kla_portal.accounts.domain.passwords import LONGEST
from kla_portal.accounts.easy_words import EASY_WORDS
from kla_portal.regions.models import District, Province

SHORTEST = 10
_AS_LETTERS = str.maketrans("01345789@$!", "oieastbgasi")
_WORD = re.compile(r"[a-z]+")


class LengthRule:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(
                f"Kata sandi ini baru {len(password)} karakter. Pakai paling sedikit {SHORTEST}; tiga kata acak "
                "sudah cukup.",
                code="password_too_short",
            )
        if len(password) > LONGEST:
            raise ValidationError(
                f"Kata sandi ini {len(password)} karakter. Pakai paling banyak {LONGEST}.",
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return f"Paling sedikit {SHORTEST} karakter; tiga kata yang tidak berhubungan mudah diingat dan sulit ditebak."


class NotAboutOneself(password_validation.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "Kata sandi ini terlalu mirip dengan %(verbose_name)s Anda. Pilih kata lain."

    def get_help_text(self) -> str:
        return "Tidak mirip dengan nama, nama pengguna, atau surel Anda."


class NotCommon(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "Kata sandi ini dipakai banyak orang dan mudah ditebak. Pilih kata sandi lain."

    def get_help_text(self) -> str:
        return "Bukan kata sandi yang dipakai banyak orang."


class NotOnlyNumbers(password_validation.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "Kata sandi ini hanya berisi angka. Tambahkan beberapa kata."

    def get_help_text(self) -> str:
        return "Tidak hanya angka."


class NotEasyHere:
    """Refuses what is put together from nothing but names of regions and words that everybody here thinks of.

    Numbers and signs around and between them do not count, nor do numbers in place of letters:
    ``Tabalong2026!``, ``kla-layak.anak`` and ``1nd0n3s14_123`` are all easy.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if _made_of(password.lower(), _easy_words()):
            raise ValidationError(
                "Kata sandi ini mudah ditebak: isinya hanya nama daerah atau kata yang lazim, dengan angka. "
                "Tambahkan kata lain yang tidak berhubungan.",
                code="password_easy_here",
            )

    def get_help_text(self) -> str:
        return "Tidak hanya nama daerah, instansi, atau kata yang lazim dengan angka."


def _easy_words() -> frozenset[str]:
    """In small letters: our own list and the words in the names of all provinces, kabupaten and kota."""
    names = [
        *Province.objects.values_list("name", flat=True),
        *District.objects.values_list("name", flat=True),
    ]
    return EASY_WORDS | {word for name in names for word in _WORD.findall(name.lower()) if len(word) > 2}


def _made_of(text: str, words: frozenset[str]) -> bool:
    """Whether the text, read from left to right, is nothing but such words and signs that are no letters."""
    as_letters = text.translate(_AS_LETTERS)
    longest = max(map(len, words))
    reached = [True] + [False] * len(text)
    for start, sign in enumerate(text):
        if not reached[start]:
            continue
        if not sign.isalpha():
            reached[start + 1] = True
        for end in range(start + 3, min(start + longest, len(text)) + 1):
            if as_letters[start:end] in words or text[start:end] in words:
                reached[end] = True
    return reached[-1]
