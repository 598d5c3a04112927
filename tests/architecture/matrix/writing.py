"""Forms that would be carried out, plainly and with everything that somebody could add by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.architecture.test_posting import ADDED
from tests.cast import PASSWORD

Form = dict[str, object]


def forms(now: datetime) -> dict[str, Form]:
    """By row of the table a form that its own stage takes; all others are sent ``OTHER``.

    Closing VA wants a letter beside its form; that it was closed is told by the worlds themselves.
    """
    day = now.astimezone(ZoneInfo("Asia/Makassar")) + timedelta(days=5)
    due = {"due_on": f"{day:%Y-%m-%d}", "due_time": "16:00"}
    short: dict[str, Form] = {
        "answer_save": {"numerator": "96", "denominator": "100", "version": "1", "note": "Profil"},
        "assign": {"indicator": "12", "agency": "{agency}", "code": "12.1"},
        "submit": {"password": PASSWORD, "incomplete": "on"},
        "resubmit": {"password": PASSWORD},
        "extend": {**due, "locks_on": f"{day:%Y-%m-%d}", "locks_time": "23:59", "reason": "Banjir."},
        **at("verdict_save", "va vl vf", {"decision": "defer", "version": "1-1", "reason": ""}),
        **at("accept_all", "va", {"code": "1.1"}),
        **at(
            "send_back",
            "va vl",
            {**due, "pilih": ["12.1"], "perlu-12.1": "Lampirkan.", "message": "", "kirim": "1"},
        ),
        "close_stage@vl": {"password": PASSWORD, "mode": "visit", "held_on": f"{now:%Y-%m-%d}", **ROUND},
        "close_stage@vf": {"password": PASSWORD},
        **at("reopen", "em va vl vf", {"password": PASSWORD, "reason": "Untuk diulang."}),
        **at("objection_file", "va vf", {"reason": "Rekapitulasi sudah ditandatangani."}),
        **at("objection_decide", "va vf", {"choice": "accept", "reason": "Terbukti."}),
        "evidence_annotate": {"pages": "1", "quote": "Bab II"},
    }
    return {f"evaluations:{name}": form for name, form in short.items()}


ROUND: Form = {
    "role_0": "Gugus Tugas KLA", "count_0": "14", "role_1": "Forum Anak", "count_1": "12", "role_2": "Kepala daerah",
}  # fmt: skip
OTHER: Form = {"note": "x", "reason": "x", "confirm": "1", "password": PASSWORD}


def at(name: str, stages: str, form: Form) -> dict[str, Form]:
    """The same form for each stage that stands in the address."""
    return {f"{name}@{stage}": form for stage in stages.split()}


def spiked(form: Form) -> Form:
    """The form, and everything that somebody could add by hand."""
    return {name: value for name, value in ADDED.items() if name not in form} | form
