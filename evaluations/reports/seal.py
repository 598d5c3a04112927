"""What makes a paper checkable: its number, its code, the address of its check page as text and as QR."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

CODE_LENGTH = 26
"""Characters of base32, five bits each: 130 bits."""

GROUP = 5
QUIET = 2
"""Blank modules around the QR code; the paper beside it does the rest."""

_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})
"""Digits that base32 does not have, as people type what they see."""


@dataclass(frozen=True, slots=True)
class Seal:
    """``address``: the check page, code included; ``signer``: whose electronic signature the file carries, or empty."""

    number: str
    code: str
    address: str
    draft: bool = False
    signer: str = ""

    @property
    def grouped(self) -> str:
        """``ABCDE-FGHIJ-KLMNO-PQRST-UVWXYZ``: the last group takes what is left."""
        whole = CODE_LENGTH // GROUP - 1
        parts = [self.code[at * GROUP : (at + 1) * GROUP] for at in range(whole)]
        return "-".join([*parts, self.code[whole * GROUP :]])

    @property
    def short_address(self) -> str:
        """The address without the code, as a person types it."""
        return self.address.removesuffix(f"{self.code}/").partition("://")[2]

    @property
    def picture(self) -> SafeString:
        """The QR code of the address as inline SVG, with its quiet zone; the words beside it say the same."""
        modules = [bytes(row) for row in segno.make(self.address, error="m", micro=False).matrix]
        return format_html(
            '<svg class="qr" viewBox="0 0 {0} {0}" role="img"><title>Kode QR alamat pemeriksaan laporan</title>'
            '<path fill="#000" d="{1}"/></svg>',
            len(modules) + 2 * QUIET,
            "".join(_runs(modules)),
        )


def _runs(modules: Sequence[bytes]) -> Iterator[str]:
    """Dark modules as filled rectangles, one for each run in a row."""
    for y, row in enumerate(modules, start=QUIET):
        for run in re.finditer(b"\x01+", row):
            yield f"M{run.start() + QUIET} {y}h{len(run[0])}v1h-{len(run[0])}z"


def new_code() -> str:
    """26 random characters ``A-Z2-7``."""
    return base64.b32encode(secrets.token_bytes(17)).decode()[:CODE_LENGTH]


def read_code(text: str) -> str:
    """What a person typed or pasted, the whole address too, as a code; empty when it cannot be one."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    code = "".join(last.upper().translate(_MISREAD).replace("-", "").split())
    alphabet = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    return code if len(code) == CODE_LENGTH and set(code) <= alphabet else ""
