"""The same text under another letterhead: MinHash over runs of words. A question to ask, never an accusation.

Signatures are stored and compared across years: words are hashed here (blake2b), only the permutations are the
library's, and a test holds expected values. Should they ever change, all signatures are made anew.
"""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
from decimal import Decimal

from rensa import RMinHash

from kla_portal.indonesian import MONTHS, round_half_up

PERMUTATIONS = 128
BANDS = 32
ROWS = PERMUTATIONS // BANDS
"""Two texts that share 80% of their runs share a band with a probability of 1 - 1e-7, at 30% with 23%."""

SEED = 20_250_723
RUN = 5
"""Words of a shingle."""

FEWEST_WORDS = 60
"""Below, a text says too little to be told from another of its kind."""

ALIKE = Decimal("0.80")

HEAD_LINES = 15
_LETTERHEAD = re.compile(
    r"^\s*(?:pemerintah|dinas|badan|sekretariat|kementerian|jalan|jln?\b)|\b(?:telp|telepon|telp|fax|faks\w*|"
    r"kode pos|website|laman|pos-?el|e-?mail|surel)\b|@|www\.|\bjl\.",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?i:kabupaten|kota|bupati|wali\s?kota|provinsi|gubernur)((?:\s+(?!(?i:layak)\b)[A-Z][\w'’-]*){1,3})"
)
_WORD = re.compile(r"[^\W\d_]+")
_MONTHS = frozenset(month.casefold() for month in MONTHS)


def signature(text: str) -> tuple[int, ...] | None:
    """128 numbers below 2^32; ``None`` under ``FEWEST_WORDS`` words.

    What differs between two copies of one text does not count: letterhead, numbers, months, and the place after
    "Kabupaten", "Bupati" and the like.
    """
    words = _words(text)
    if len(words) < FEWEST_WORDS:
        return None
    runs = {" ".join(words[place : place + RUN]) for place in range(len(words) - RUN + 1)}
    hashes = [int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "big") for run in runs]
    matrix = RMinHash.digest_matrix_from_token_hash_sets([hashes], PERMUTATIONS, SEED)
    return tuple(int(value) for value in matrix.to_rows()[0])


def _words(text: str) -> list[str]:
    lines = unicodedata.normalize("NFKC", text).splitlines()
    body = [line for line in lines[:HEAD_LINES] if not _LETTERHEAD.search(line)] + lines[HEAD_LINES:]
    whole = re.sub(r"[-‐\u00ad]\n(?=[^\W\d_])", "", "\n".join(body))
    named = _PLACE.sub(lambda found: found.group()[: found.start(1) - found.start()], whole)
    return [word for word in _WORD.findall(named.casefold()) if word not in _MONTHS]


def bands(signature: tuple[int, ...]) -> tuple[str, ...]:
    """``BANDS`` keys of 16 hex digits; texts to compare have one in common. A key names its band too."""
    keys = []
    for band in range(BANDS):
        rows = signature[band * ROWS : (band + 1) * ROWS]
        packed = struct.pack(f">B{ROWS}I", band, *rows)
        keys.append(hashlib.blake2b(packed, digest_size=8).hexdigest())
    return tuple(keys)


def likeness(a: tuple[int, ...], b: tuple[int, ...]) -> Decimal:
    """Share of runs of words in common, 0 to 1 with two decimals; the estimate strays by some 0.04."""
    same = sum(one == other for one, other in zip(a, b, strict=True))
    return round_half_up(Decimal(same) / len(a), 2)
