"""The evening before the deadline: three editors in every district, each saving every ten seconds."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from evaluations.models import Answer, AnswerRevision
from kla_portal.events.log import verify
from tests.bench.cast import Cast, Deed
from tests.bench.national import CONTRIBUTORS, PAST
from tests.bench.pages import quantile
from tests.bench.report import Row, ratio_words
from tests.bench.server import Portal, people
from tests.bench.wire import MARK

EDITORS = ("koor", *CONTRIBUTORS)
PERIOD = 10.0
"""Seconds from one save of a person to the next."""
SHARES = {"uploads": 0.05, "reports": 0.01}
"""Of all deeds; the rest are saves."""
EACH = 6
"""Questions that a person works on."""
PROMISED = 0.4
"""Seconds in which 95 of 100 saves are answered."""


@dataclass(frozen=True)
class Evening:
    """``told`` is what the client saw; ``lost`` what the database says of it, empty when all is there."""

    told: Mapping[str, Any]
    people: int
    seconds: float
    lost: tuple[str, ...]

    def p(self, kind: str, share: float) -> float:
        return quantile(self.told["seconds"].get(kind, []), share)

    @property
    def rate(self) -> float:
        """Saves in a second."""
        return len(self.told["saved"]) / self.seconds

    @property
    def whole(self) -> bool:
        """Nothing failed, nothing was lost, nobody got a blank page."""
        return not (self.lost or self.told["faults"] or self.told["conflicts"] or self.told["blank"])


@transaction.atomic
def streams(cast: Cast, *, many: int, times: int) -> list[dict[str, list[Deed]]]:
    """``many`` people, drawn evenly; ``times`` that many streams, each with questions of its own."""
    random, versions = Random(7), cast.versions()
    chosen = [(district, who) for district in cast.districts for who in EDITORS]
    random.shuffle(chosen)
    found = []
    for district, who in chosen[:many]:
        codes = cast.codes_of(who)
        own = versions[cast.evaluations[district].pk]
        for part in range(times):
            mine = codes[part::times][:EACH]
            stream = {"saves": cast.saves(district, who, mine, own)}
            if who == "koor":
                # Coordinators upload and ask for papers: a third of the people, so three times as often.
                stream |= {"uploads": _uploads(cast, district, mine), "reports": _reports(cast, district)}
            found.append(stream)
    return found


def _uploads(cast: Cast, district: str, codes: list[str]) -> list[Deed]:
    evaluation = cast.evaluations[district].pk
    return [
        {
            "how": "upload",
            "kind": "upload",
            "session": cast.session(f"koor.{district}"),
            "path": reverse("evaluations:evidence_upload", args=[evaluation, code, slot.number]),
        }
        for code in codes
        for slot in cast.spec.spec.by_code[code].slots[:1]
    ]


def _reports(cast: Cast, district: str) -> list[Deed]:
    paper = reverse("evaluations:draft_pdf", args=[cast.evaluations[district].pk])
    ranking = reverse("evaluations:ranking", args=[PAST, "nasional"])
    return [
        cast.get("report", f"koor.{district}", paper),
        cast.get("ranking", "adm.pusat", ranking),
    ]


def paper(size: int = 1_000_000) -> bytes:
    """A PDF of one page with one grey picture of that many bytes; ``MARK`` stands where its number goes."""
    side = int(size**0.5)
    pixels = Random(5).randbytes(side * side - len(MARK)) + MARK
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /XObject << /I 5 0 R >> >> >>",
        b"<< /Length 30 >>\nstream\nq 595 0 0 842 0 0 cm /I Do Q \nendstream",
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Length %d >>\nstream\n%b\nendstream" % (side, side, len(pixels), pixels),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)


def run(cast: Cast, portal: Portal, *, many: int, seconds: float, times: int = 1) -> Evening:
    """One evening, and what the database says afterwards."""
    shares = {kind: share * (3 if kind in {"uploads", "reports"} else 1) for kind, share in SHARES.items()}
    plan = {
        "way": "open",
        "port": portal.port,
        "for": seconds,
        "period": PERIOD,
        "seed": 11,
        "shares": shares,
        "paper": base64.b64encode(paper()).decode(),
        "streams": streams(cast, many=many, times=times),
    }
    told = people(plan)
    return Evening(told, len(plan["streams"]), seconds, tuple(lost(cast, told["saved"])))


def lost(cast: Cast, saved: list[tuple[int, str, int, str]]) -> list[str]:
    """What is wrong: an acknowledged save that is not there, a gap among revisions, a broken chain."""
    connection.close()
    faults = []
    stands = {
        (evaluation, question, version): note
        for evaluation, question, version, note in AnswerRevision.objects.filter(
            answer__evaluation__edition=cast.edition, note__startswith="Catatan malam terakhir"
        ).values_list("answer__evaluation", "answer__question", "version", "note")
    }
    newest = cast.versions()
    for evaluation, code, version, note in saved:
        question = cast.spec.question_ids[code]
        if stands.get((evaluation, question, version)) != note:
            faults.append(f"lost: evaluation {evaluation}, {code}, version {version}")
        if newest[evaluation].get(question, 0) < version:
            faults.append(f"older than acknowledged: evaluation {evaluation}, {code}")
    return faults + gaps() + list(verify())


def gaps() -> list[str]:
    """Answers whose revisions do not count from one to the answer's version, or whose last differs from it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT a.id FROM {Answer._meta.db_table} a JOIN {AnswerRevision._meta.db_table} r ON r.answer_id = a.id
            GROUP BY a.id, a.version, a.note
            HAVING count(*) <> a.version OR max(r.version) <> a.version OR min(r.version) <> 1
                OR max(CASE WHEN r.version = a.version THEN r.note ELSE '' END) <> a.note
            """
        )
        return [f"revisions of answer {pk} are not in order" for (pk,) in cursor.fetchall()]


def rows(name: str, evening: Evening, *, promised: bool) -> list[Row]:
    """A line of saves with what was promised, one of each other kind, one of what was checked."""
    told = evening.told
    slow = evening.p("save", 0.95)
    found = [
        Row(
            f"{name}: saves of {evening.people} people",
            _times(evening, "save"),
            f"{evening.rate:.0f}/s of {evening.people / PERIOD * (1 - sum(SHARES.values())):.0f}/s due",
            "",
            f"p95 under {PROMISED * 1000:.0f} ms" if promised else "",
            slow < PROMISED if promised else None,
        )
    ]
    for kind in ("upload", "report", "ranking"):
        count = len(told["seconds"].get(kind, []))
        busy = told["refused"].get(kind, 0)
        found.append(
            Row(f"{name}: {kind}s", _times(evening, kind), f"{count} done, {busy} asked to come again")
        )
    faults = sum(told["faults"].values())
    missing = sum(fault.startswith("lost:") for fault in evening.lost)
    found.append(
        Row(
            f"{name}: afterwards",
            f"{len(told['saved'])} acknowledged saves, {missing} lost, {len(evening.lost) - missing} faults of order or proof",
            f"{faults} errors, {sum(told['conflicts'].values())} conflicts, {told['blank']} blank pages, "
            f"{told['refused'].get('save', 0)} saves asked to come again",
            "",
            "nothing lost, no error",
            evening.whole,
        )
    )
    return found


def _times(evening: Evening, kind: str) -> str:
    if not evening.told["seconds"].get(kind):
        return "none"
    shares = (0.5, 0.95, 0.99)
    return "p50/p95/p99 " + "/".join(f"{evening.p(kind, share) * 1000:.0f}" for share in shares) + " ms"


def highest(cast: Cast, portal: Portal, *, seconds: float, wanted: int) -> Row:
    """How many people two shared cores carry with the promise kept: halving between none and all."""
    low, high = 0, wanted
    best: Evening | None = None
    while high - low > max(30, wanted // 24):
        many = (low + high) // 2
        tried = run(cast, portal, many=many, seconds=seconds)
        if tried.p("save", 0.95) < PROMISED and tried.whole:
            low, best = many, tried
        else:
            high = many
    if best is None:
        return Row("Most people within the promise", f"fewer than {high}", "", "", f"{wanted}", False)
    return Row(
        "Most people within the promise",
        f"{best.people} people, {best.rate:.0f} saves/s",
        _times(best, "save"),
        ratio_words(best.people / wanted),
        f"{wanted} people",
        best.people >= wanted,
    )
