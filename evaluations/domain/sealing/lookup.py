"""A stored report by what its holder has: the code on the paper, or the file itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from evaluations.models import StoredReport
from evaluations.reports.seal import read_code


def by_code(text: str) -> StoredReport | None:
    """``text`` as typed or scanned. A code that cannot be one, and one that nobody has, are both ``None``."""
    code = read_code(text)
    return StoredReport.objects.filter(code=code).first() if code else None


def by_sha256(sha256: str) -> StoredReport | None:
    """64 hexadecimal digits. Of several files with the same bytes the newest."""
    return StoredReport.objects.filter(sha256=sha256.lower()).order_by("-pk").first()


def sha256_of(pieces: Iterable[bytes]) -> str:
    """Of a file as it comes, piece by piece."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()
