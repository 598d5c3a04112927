"""Reading the event log: who may read which part, filters, words, and the export."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from evaluations.checks.documents import WORDS
from evaluations.domain.calibration import drawn
from evaluations.domain.rulings import standing_results
from evaluations.models import (
    ActionStatus,
    Decision,
    Evaluation,
    EvidenceForm,
    ReportKind,
    Stage,
    Verdict,
    VerifierAssignment,
)
from evaluations.reports.table_csv import BYTE_ORDER_MARK, safe_text
from indicators.domain.spec import loaded
from kla_portal.accounts.access import Area, area_of, memberships_of, roles_in
from kla_portal.accounts.models import User
from kla_portal.accounts.roles import OF_THE_DISTRICT, Permission, Role
from kla_portal.events.models import Event, EventAction
from kla_portal.indonesian import NATIONAL_ZONE, tanggal_jam, ukuran, zone_name

SEES_DECISIONS = frozenset({Role.AUDITOR, Role.PROVINCIAL_ADMIN, Role.NATIONAL_ADMIN})
"""Others see that a verdict was saved, not which: the district waits for the stage to close, and who reads a
stage a second time must not know the first mark. An administrator who is named for that waits too (``unseen_by``)."""

HIDDEN = "tidak ditampilkan"

LABELS = {
    "code": "pertanyaan",
    "codes": "pertanyaan",
    "version": "versi",
    "stage": "tahap",
    "reading": "pembacaan",
    "decision": "putusan",
    "sequence": "urutan",
    "total": "nilai",
    "receipt": "tanda terima",
    "digest": "sidik",
    "due_at": "tepat waktu sampai",
    "locks_at": "dikunci mulai",
    "late": "terlambat",
    "taken_back": "diambil kembali",
    "granted": "dikabulkan",
    "cluster": "klaster",
    "agency": "perangkat daerah",
    "slot": "slot",
    "size": "ukuran",
    "files": "berkas",
    "form": "bentuk",
    "kind": "jenis",
    "content_type": "jenis berkas",
    "evaluation": "evaluasi",
    "verifier": "akun verifikator",
    "at": "waktu",
    "name": "nama",
    "username": "nama pengguna",
    "role": "peran",
    "place": "wilayah",
    "fields": "bagian",
    "pages": "halaman",
    "number": "nomor",
    "document_date": "tanggal dokumen",
    "valid_from": "berlaku mulai",
    "valid_until": "berlaku sampai",
    "years": "tahun",
    "replaced": "sidik versi lama",
    "rule": "peringatan",
    "changes": "perubahan",
    "change": "perubahan",
    "before": "semula",
    "after": "menjadi",
    "added": "ditambah",
    "adopted": "sudah ada, diambil alih",
    "removed": "dihapus",
    "saved": "disimpan",
    "skipped": "dilewati",
    "refused": "ditolak",
    "reset": "kembali ke bawaan",
    "count": "jumlah",
    "rows": "baris",
    "left": "tersisa",
    "reason": "alasan",
    "until": "sampai",
    "opens": "dibuka",
    "closes": "ditutup",
    "status": "keadaan",
    "predikat": "predikat",
    "instrument": "instrumen",
    "districts": "kabupaten/kota",
    "questions": "jumlah pertanyaan",
    "selection": "pilihan",
    "kecamatan": "kecamatan",
    "with_evidence": "data dukung ikut dibagikan",
    "sha256": "sidik",
    "virus": "temuan pemindai",
    "memberships": "peran",
    "source": "lewat",
    "way": "lewat",
    "sessions": "sesi",
    "known_device": "perangkat yang dikenal",
}

WORDS_OF: dict[str, dict[str, Any]] = {
    "change": {
        "details": "nama atau surel",
        "membership.added": "peran ditambah",
        "membership.removed": "peran dilepas",
        "memberships.set": "peran diganti",
    },
    "source": {"list": "daftar"},
    "kind": dict(ReportKind.choices),
    "form": {EvidenceForm.FILE: "berkas", EvidenceForm.LINK: "tautan"},
    "way": {"link": "tautan lewat surel"},
    "status": dict(ActionStatus.choices),
    "decision": dict(Decision.choices),
    "stage": {str(stage): stage.upper() for stage in Stage.values},
    "rule": {str(rule): f"dokumen {words}" for rule, words in WORDS.items()},
}
"""Values that are ours, as people read them."""


@dataclass(frozen=True)
class LogFilter:
    """``person``: part of a name or user name; ``district``: part of a name, or the code; days inclusive."""

    person: str = ""
    district: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None


def readable(user: User) -> Area:
    """Where the person reads the log: the area they supervise, and the district they coordinate."""
    wide, own = area_of(user, Permission.SUPERVISE), area_of(user, Permission.COORDINATE)
    return Area(national=wide.national, provinces=wide.provinces, districts=wide.districts | own.districts)


def zone_of(area: Area, user: User) -> ZoneInfo:
    """The zone in which days are meant and times shown: the person's own province's, else WIB."""
    if not area.national:
        for membership in memberships_of(user):
            province = membership.province or (membership.district and membership.district.province)
            if province:
                return province.zone
    return NATIONAL_ZONE


def events_for(area: Area, wanted: LogFilter, zone: ZoneInfo) -> QuerySet[Event]:
    """The events of the area's districts, newest first; the general chain only for the whole country."""
    events = Event.objects.select_related("by", "district__province")
    if not area.national:
        events = events.filter(area.filter("district__"))
    for word in wanted.person.split():
        events = events.filter(Q(by__name__icontains=word) | Q(by__username__icontains=word))
    if wanted.district:
        events = events.filter(Q(district__name__icontains=wanted.district) | Q(district=wanted.district))
    if wanted.action:
        events = events.filter(action=wanted.action)
    if wanted.since:
        events = events.filter(at__gte=datetime.combine(wanted.since, time(), tzinfo=zone))
    if wanted.until:
        events = events.filter(at__lt=datetime.combine(wanted.until + timedelta(days=1), time(), tzinfo=zone))
    return events.order_by("-at", "-pk")


MOMENTS = {"due_at", "locks_at", "at", "until"}
"""Keys whose values are moments, written as ISO text."""


def _moment(event: Event, value: str) -> str:
    zone = event.district.province.zone if event.district else NATIONAL_ZONE
    return tanggal_jam(datetime.fromisoformat(value), zone)


FirstMark = tuple[str, str, str]
"""Subject of the event, stage, question code."""


def unseen_by(user: User) -> frozenset[FirstMark]:
    """The first marks that the person must not know before their own, as on the desk: they are named to read these
    drawn questions a second time, and the stage is not closed. Four queries, one for who is named nowhere.
    """
    mine = VerifierAssignment.objects.filter(verifier=user, reading=2)
    named = list(mine.select_related("evaluation__edition__instrument"))
    if not named:
        return frozenset()
    evaluations = {row.evaluation_id: row.evaluation for row in named}
    theirs = VerifierAssignment.objects.filter(evaluation__in=evaluations, reading=2)
    readers = {(row.evaluation_id, row.stage, row.cluster): row.verifier_id for row in theirs}
    verdicts = Verdict.objects.filter(evaluation__in=evaluations, reading=2)
    marked = set(verdicts.values_list("evaluation", "stage", "question__code"))
    results = standing_results().filter(evaluation__in=evaluations)
    closed = set(results.values_list("evaluation", "stage"))
    return frozenset(
        (f"evaluasi:{pk}", stage, code)
        for pk, stage in {(row.evaluation_id, row.stage) for row in named} - closed
        for code in drawn(evaluations[pk], Stage(stage))
        if (pk, stage, code) not in marked
        and readers.get((pk, stage, _cluster(evaluations[pk], code)), readers.get((pk, stage, ""))) == user.pk
    )


def _cluster(evaluation: Evaluation, code: str) -> str:
    spec = loaded(evaluation.edition.instrument).spec
    return spec.cluster_of[spec.indicator_of[code].number].code


def details(event: Event, user: User, unseen: Collection[FirstMark] = frozenset()) -> list[tuple[str, str]]:
    """What the event says beside who, when and what: label and words, a verdict's decision as far as due.

    ``unseen``: as ``unseen_by`` the person.
    """
    found = []
    for key, value in event.data.items():
        words = _words(key, value)
        if key == "decision" and not (_sees_decision(event, user) and _mark_of(event) not in unseen):
            words = HIDDEN
        if words and key in MOMENTS:
            words = _moment(event, words)
        if words:
            found.append((LABELS.get(key, key), words))
    return found


def _sees_decision(event: Event, user: User) -> bool:
    if event.action != EventAction.VERDICT_SAVED or event.district is None:
        return True
    roles = roles_in(user, event.district)
    return bool(roles & SEES_DECISIONS) and not roles & OF_THE_DISTRICT


def _mark_of(event: Event) -> FirstMark | None:
    """Which first mark the event tells."""
    data = event.data
    first = event.action == EventAction.VERDICT_SAVED and data.get("reading", 1) == 1
    return (event.subject, data.get("stage", ""), data.get("code", "")) if first else None


def _words(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, list):
        return ", ".join(_words(key, part) for part in value)
    if isinstance(value, dict):
        return "; ".join(f"{name} {_words(name, part)}" for name, part in value.items())
    if key in ("memberships", "removed"):
        return _role(str(value))
    if key == "size" and isinstance(value, int):
        return ukuran(value)
    words = "" if value is None else str(value)
    return str(WORDS_OF.get(key, {}).get(words, words))


def _role(written: str) -> str:
    """``contributor@63.09/10156``, as the accounts write a membership -> the role's name and the code of its place."""
    role, _, place = written.partition("@")
    if role not in Role.values:
        return written
    code = place.partition("/")[0]
    return f"{Role(role).label} ({code})" if code else str(Role(role).label)


COLUMNS = (
    "rantai",
    "nomor",
    "oleh",
    "nama_pengguna",
    "kode_daerah",
    "kabupaten_kota",
    "tindakan",
    "perihal",
    "rincian",
    "sidik",
)
"""The last column is the time; its name says the zone."""


class _Echo(StringIO):
    """Gives back each line instead of keeping it."""

    def take(self) -> str:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


def events_csv(events: Iterable[Event], user: User, zone: ZoneInfo) -> Iterator[str]:
    """Line by line, for Indonesian Excel: semicolons, byte order mark, nothing that reads as a formula."""
    stream, unseen = _Echo(), unseen_by(user)
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    stream.write(BYTE_ORDER_MARK)
    writer.writerow([*COLUMNS, f"waktu_{zone_name(zone).lower()}"])
    yield stream.take()
    for event in events:
        person, district = event.by, event.district
        words = "; ".join(f"{label} {text}" for label, text in details(event, user, unseen))
        writer.writerow(
            [
                safe_text(event.chain_id),
                event.number,
                safe_text(person.name) if person else "sistem",
                safe_text(person.username) if person else "",
                district.code if district else "",
                safe_text(district.name) if district else "",
                safe_text(event.get_action_display()),
                safe_text(event.subject),
                safe_text(words),
                event.hash,
                f"{event.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            ]
        )
        yield stream.take()
