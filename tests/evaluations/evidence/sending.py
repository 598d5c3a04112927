"""Files on their way, for tests: begun and sent as the browser does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from evaluations.domain.evidence import uploads
from evaluations.domain.evidence.uploads import Place
from evaluations.models import Evaluation, Upload
from kla_portal.accounts.models import User
from tests.evaluations.evidence.conftest import HEALTH

PLACE = Place(HEALTH, 1)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def begun(evaluation: Evaluation, by: User, data: bytes, name: str = "rekap.pdf", **more: object) -> Upload:
    given = {"path": name, "size": len(data), "place": PLACE, **more}
    return uploads.begin(evaluation=evaluation, by=by, **given)


def cut(data: bytes, lengths: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """(Offset, piece): pieces of these lengths, the rest as the last one."""
    at = 0
    for length in lengths:
        if at < len(data) and length:
            yield at, data[at : at + length]
            at += length
    if at < len(data):
        yield at, data[at:]


def sent(upload: Upload, data: bytes, *lengths: int) -> Upload:
    """All bytes that are still missing, in pieces of these lengths."""
    for _, piece in cut(data[upload.received :], lengths):
        upload = uploads.append(upload=upload, offset=upload.received, data=piece, by=upload.by)
    return upload


def arrived(evaluation: Evaluation, by: User, data: bytes, name: str = "rekap.pdf", **more: object) -> Upload:
    return sent(begun(evaluation, by, data, name, **more), data, 400)
