"""Run as a module: deeds in the portal that the environment names, which has the suite's reference data.

Tabalong 2026 with documents, a closed VA and a stored table, beside what no backup may hold: a session, a sign-in that
failed, an upload under way.
"""

from __future__ import annotations

import io
from datetime import timedelta

import django

SECRET = "sandi-sesi-yang-tidak-boleh-ikut"
"""Stands in the session's key; looked for in the bytes of the archive."""


def build() -> None:
    evaluation, by = _closed()
    _table(by)
    _left_out(evaluation, by)


def _closed():
    from django.core.files.uploadedfile import SimpleUploadedFile

    from evaluations.domain import submission
    from evaluations.domain.evidence import slots
    from evaluations.models import Decision, Evaluation, Stage
    from tests.cast import TABALONG, Cast
    from tests.evaluations.cycle import close_va, decide, fresh, save
    from tests.evaluations.evidence import corpus

    cast = Cast()
    by, verifier = cast.coordinator_tabalong, cast.verifier_kalsel
    evaluation = fresh(Evaluation.objects.get(edition__code="2026", district=TABALONG))
    save(evaluation, "1.1", {"option": 0}, by)
    save(
        evaluation, "12.1", {"numerator": "95", "denominator": "100"}, by, note="Dari puskesmas – “lengkap”."
    )
    for name, data in (("rekap.pdf", corpus.pdf(mark="a")), ("foto.jpeg", corpus.picture("JPEG"))):
        upload = SimpleUploadedFile(name, data, "application/octet-stream")
        slots.add_file(evaluation=evaluation, code="12.1", slot_number=1, upload=upload, by=by)
    submission.submit(evaluation=evaluation, by=by, incomplete_accepted=True)
    decide(fresh(evaluation), Stage.VA, "1.1", Decision.REJECT, verifier, reason="Perda belum diundangkan.")
    decide(fresh(evaluation), Stage.VA, "12.1", Decision.ACCEPT, verifier)
    close_va(fresh(evaluation), verifier)
    return fresh(evaluation), by


def _table(by) -> None:
    from evaluations.domain.documents import Document
    from evaluations.models import ReportKind

    Document(ReportKind.STAGES, "csv", {"uji": 1}, lambda seal: b"kode;nilai\n").ensure(by=by)


def _left_out(evaluation, by) -> None:
    from axes.models import AccessAttempt
    from django.contrib.sessions.models import Session

    from evaluations.domain.evidence import store
    from evaluations.models import Upload, UploadPiece
    from kla_portal import clock
    from kla_portal.accounts.models import KnownDevice, SignedInSession

    now = clock.now()
    Session.objects.create(session_key=SECRET, session_data=SECRET, expire_date=now + timedelta(hours=12))
    device = KnownDevice.objects.create(
        user=by, digest="d" * 64, agent="Chrome di Android", first_seen_at=now, last_seen_at=now
    )
    SignedInSession.objects.create(
        user=by, device=device, session_key=SECRET, agent="Chrome", signed_in_at=now, seen_at=now
    )
    AccessAttempt.objects.create(
        username=by.username, ip_address="10.0.0.1", user_agent=SECRET, failures_since_start=3
    )
    upload = Upload.objects.create(
        evaluation=evaluation, by=by, path="besar.pdf", size=99, received=5, started_at=now, touched_at=now
    )
    piece = store.keep(io.BytesIO(SECRET.encode()), "incoming")
    UploadPiece.objects.create(upload=upload, offset=0, size=5, storage_name=piece)


if __name__ == "__main__":
    django.setup()
    build()
