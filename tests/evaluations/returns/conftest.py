"""An evaluation that was submitted, one that was sent back, and one whose VA is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as portal

from evaluations.domain import returns, submission
from evaluations.models import Decision, Stage
from kla_portal import clock
from tests.evaluations.cycle import close_va, decide, fresh, save

NEEDED = {"12.1": "Lampirkan rekapitulasi bertanda tangan.", "4.1": "Jelaskan sumber angka."}


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.STORAGES = {
        **portal.STORAGES,
        **{
            alias: {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": tmp_path / alias, "base_url": None},
            }
            for alias in ("evidence", "reports")
        },
    }
    return tmp_path


@pytest.fixture
def submitted(evaluation, cast):
    """1.1, 12.1 and 4.1 are claimed, with notes; 12.1 is the health agency's, 4.1 the registry's."""
    by = cast.coordinator_tabalong
    save(evaluation, "1.1", {"option": 0}, by)
    save(evaluation, "12.1", {"numerator": "95", "denominator": "100"}, by, note="Angka dari dua puskesmas.")
    save(evaluation, "4.1", {"numerator": "90", "denominator": "100"}, by)
    submission.submit(evaluation=evaluation, by=by, incomplete_accepted=True)
    return fresh(evaluation)


@pytest.fixture
def send(cast):
    """``send(evaluation)``: the two questions of ``NEEDED`` go back, 48 hours from now."""

    def send_back(evaluation, needed=NEEDED, *, stage=Stage.VA, hours=48, locks=None, by=None):
        due = clock.now() + timedelta(hours=hours)
        returns.send_back(
            evaluation=evaluation,
            stage=stage,
            needed=needed,
            due_at=due,
            locks_at=due + timedelta(hours=locks) if locks else None,
            message="Mohon dilengkapi.",
            by=by or cast.verifier_kalsel,
        )
        return fresh(evaluation)

    return send_back


@pytest.fixture
def returned(submitted, send):
    return send(submitted)


@pytest.fixture
def va_closed(submitted, cast):
    """1.1 was rejected, 12.1 changed, 4.1 accepted."""
    by = cast.verifier_kalsel
    decide(submitted, Stage.VA, "1.1", Decision.REJECT, by, reason="Perda belum diundangkan.")
    decide(
        submitted, Stage.VA, "12.1", Decision.CHANGE, by,
        value={"numerator": "80", "denominator": "100"}, reason="Delapan puluh terbukti.",
    )  # fmt: skip
    decide(submitted, Stage.VA, "4.1", Decision.ACCEPT, by)
    close_va(submitted, by)
    return fresh(submitted)
