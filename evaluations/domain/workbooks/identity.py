"""What a workbook says of itself: whose questions it holds, and a seal that shows whether its rows are still those."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils.crypto import salted_hmac

from evaluations.models import Evaluation
from evaluations.reports.workbook import layout
from evaluations.reports.workbook.layout import Key
from evaluations.reports.workbook.reading import NOT_OURS, FilledBook, NotAWorkbook
from indicators.domain.spec import loaded
from kla_portal import clock

SALT = "kla.workbook.structure"


def meta_of(evaluation: Evaluation, selection: str, keys: Iterable[Key]) -> dict[str, str]:
    """The values of ``layout.META``. ``selection``: agency and cluster in words, empty for all."""
    meta = _place(evaluation) | {"selection": selection, "exported_at": clock.now().isoformat()}
    return meta | {"seal": seal(meta, keys)}


def _place(evaluation: Evaluation) -> dict[str, str]:
    spec = loaded(evaluation.edition.instrument).spec
    return {
        "schema": layout.SCHEMA,
        "instrument": spec.code,
        "instrument_digest": spec.digest,
        "edition": evaluation.edition.code,
        "district": evaluation.district_id,
        "evaluation": str(evaluation.pk),
    }


def seal(meta: Mapping[str, str], keys: Iterable[Key], *, secret: str | None = None) -> str:
    """Hexadecimal HMAC over what the workbook is of and every row's code, part and version, in whatever order."""
    rows = sorted((key.code, key.field, key.version) for key in keys)
    content = [[name, meta.get(name, "")] for name in layout.META if name != "seal"]
    text = json.dumps([content, rows], separators=(",", ":"), ensure_ascii=False)
    return salted_hmac(SALT, text, secret=secret, algorithm="sha256").hexdigest()


def _is_sealed(book: FilledBook) -> bool:
    """With the key of today or one of before: people keep a workbook for weeks."""
    given = book.meta.get("seal", "").encode()
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    keys = [row.key for row in book.rows]
    return any(hmac.compare_digest(given, seal(book.meta, keys, secret=key).encode()) for key in secrets)


def must_be_of(evaluation: Evaluation, book: FilledBook) -> None:
    """Raise ``NotAWorkbook`` unless this came from here, for this evaluation, with its rows as they went out."""
    ours, theirs = _place(evaluation), book.meta
    if not theirs.get("schema", "").startswith("kla-isian/"):
        raise NotAWorkbook(NOT_OURS)
    again = "Unduh buku kerja yang baru di halaman ini, lalu salin isian Anda ke sana."
    for name, reason in (
        ("schema", "Buku kerja ini dibuat dengan susunan yang lama."),
        ("district", f"Buku kerja ini milik kabupaten/kota lain, bukan {evaluation.district}."),
        ("edition", f"Buku kerja ini dari periode {theirs.get('edition', '')}, bukan {evaluation.edition}."),
        ("instrument_digest", "Buku kerja ini dibuat dari instrumen lain; pertanyaannya tidak sama."),
        ("instrument", "Buku kerja ini dibuat dari instrumen lain; pertanyaannya tidak sama."),
        ("evaluation", "Buku kerja ini dari evaluasi lain."),
    ):
        if theirs.get(name, "") != ours[name]:
            raise NotAWorkbook(f"{reason} {again}")
    if not _is_sealed(book):
        raise NotAWorkbook(
            "Susunan buku kerja ini berubah: ada baris, kode, atau kolom tersembunyi yang dihapus, digandakan, "
            f"atau diganti. {again}"
        )
