"""What each deed tells whom. The verbs call these inside their transaction.

The texts name places, questions and times; reasons and notes that people wrote stay behind the login: they
can name children, and e-mail travels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse

from evaluations.domain import deadlines, workflow
from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.messages import notify
from evaluations.domain.verification import assigned_to
from evaluations.models import (
    Edition,
    Evaluation,
    EvidenceFile,
    Extension,
    MessageKind,
    Objection,
    Return,
    Stage,
    StageResult,
)
from indicators.domain.spec import loaded
from kla_portal.accounts.models import Agency, User
from kla_portal.accounts.roles import Permission, Role, roles_with
from kla_portal.indonesian import angka, tanggal_jam


def path(name: str, evaluation: Evaluation, *more: object) -> str:
    return reverse(f"evaluations:{name}", args=[evaluation.pk, *more])


def listed(codes: Iterable[str], most: int = 12) -> str:
    """``12.1, 12.3 dan 4 lainnya``."""
    every = list(codes)
    if len(every) <= most:
        return ", ".join(every)
    return f"{', '.join(every[:most])} dan {len(every) - most} lainnya"


# Who


def district_people(evaluation: Evaluation, *roles: Role) -> list[User]:
    """Open accounts that hold one of the roles in the district itself."""
    return list(
        User.objects.filter(
            is_active=True,
            memberships__district=evaluation.district_id,
            memberships__role__in=roles,
        ).distinct()
    )


def contributors(evaluation: Evaluation, codes: Collection[str]) -> dict[User, list[str]]:
    """Contributor -> those of the questions that their agencies answer, in the given order."""
    by_agency: Mapping[str, Agency] = agencies_by_question(evaluation)
    owned: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        if code in by_agency:
            owned[by_agency[code].pk].append(code)
    people = (
        User.objects.filter(
            is_active=True, memberships__role=Role.CONTRIBUTOR, memberships__agency__in=list(owned)
        )
        .distinct()
        .prefetch_related("memberships")
    )
    return {
        person: [
            code for m in person.memberships.all() if m.agency_id in owned for code in owned[m.agency_id]
        ]
        for person in people
    }


def verifiers(evaluation: Evaluation, stage: Stage, codes: Iterable[str] | None = None) -> list[User]:
    """Those named for the questions' clusters (all clusters without ``codes``), else everyone who could be.

    Administrators, who may verify as well, hear of it where there is no verifier.
    """
    spec = loaded(evaluation.edition.instrument).spec
    wanted = {
        spec.cluster_of[spec.indicator_of[code].number].code
        for code in (spec.by_code if codes is None else codes)
    }
    named = assigned_to(evaluation, stage)
    who = [named.get(cluster) or named.get("") for cluster in sorted(wanted)]
    found = {row.verifier.pk: row.verifier for row in who if row and row.verifier.is_active}
    if not all(who) or not found:
        roles = workflow.TABLE[workflow.VERIFY[stage]].roles
        everyone = _outsiders(evaluation, roles - roles_with(Permission.MANAGE_ACCOUNTS))
        found |= {user.pk: user for user in everyone or _outsiders(evaluation, roles)}
    return list(found.values())


def _outsiders(evaluation: Evaluation, roles: Collection[Role]) -> list[User]:
    """Holders of provincial or national roles over the district who are no members of it."""
    district = evaluation.district
    over = Q(memberships__province=district.province_id) | Q(
        memberships__province__isnull=True, memberships__district__isnull=True
    )
    return list(
        User.objects.filter(over, is_active=True, memberships__role__in=roles)
        .exclude(memberships__district=district.code)
        .distinct()
    )


# What


def submitted(evaluation: Evaluation, result: StageResult, *, late: bool, by: User) -> None:
    notify(
        kind=MessageKind.SUBMITTED,
        to=verifiers(evaluation, Stage.VA),
        subject=f"{evaluation.district} mengajukan {evaluation.edition}",
        body=f"Nilai klaim {angka(result.total, 2)}. {Stage.VA.label} dapat dimulai."
        + ("\nDiajukan sesudah batas tepat waktu." if late else ""),
        url=path("desk_start", evaluation, Stage.VA),
        evaluation=evaluation,
        by=by,
    )


def returned(evaluation: Evaluation, sent_back: Return, codes: Collection[str], *, by: User) -> None:
    """The coordinator hears of all questions, a contributor of their own."""
    codes = _in_order(evaluation, codes)
    until = _until(evaluation, sent_back.due_at, sent_back.locks_at)
    step = "Yang diperlukan pada tiap pertanyaan tertulis di portal."
    notify(
        kind=MessageKind.RETURNED,
        to=district_people(evaluation, Role.COORDINATOR),
        subject=f"{len(codes)} pertanyaan dikembalikan: {evaluation.district}",
        body=f"{Stage(sent_back.stage).label} {evaluation.edition} mengembalikan {len(codes)} pertanyaan: "
        f"{listed(codes)}.\n{until}\n{step}",
        url=path("shortfall", evaluation),
        evaluation=evaluation,
        by=by,
    )
    for person, own in contributors(evaluation, codes).items():
        notify(
            kind=MessageKind.RETURNED,
            to=[person],
            subject=f"{len(own)} pertanyaan perangkat daerah Anda dikembalikan",
            body=f"{Stage(sent_back.stage).label} {evaluation.edition} {evaluation.district} mengembalikan "
            f"{listed(own)}.\n{until}\n{step}",
            url=path("tasks", evaluation),
            evaluation=evaluation,
            by=by,
        )


def resubmitted(
    evaluation: Evaluation, sent_back: Return, *, changed: Collection[str], late: bool, by: User
) -> None:
    """``changed``: the codes of those returned questions that came back changed."""
    question_codes = loaded(evaluation.edition.instrument).question_codes
    codes = _in_order(evaluation, [question_codes[item.question_id] for item in sent_back.items.all()])
    notify(
        kind=MessageKind.RESUBMITTED,
        to=verifiers(evaluation, Stage(sent_back.stage), codes),
        subject=f"{evaluation.district} mengajukan kembali: {len(changed)} dari {len(codes)} pertanyaan berubah",
        body=f"{evaluation.edition}: "
        + (
            f"yang berubah {listed(_in_order(evaluation, changed))}.\n"
            if changed
            else "tidak ada yang berubah.\n"
        )
        + ("Diajukan sesudah batas tepat waktu." if late else "Diajukan tepat waktu."),
        url=path("changes", evaluation, sent_back.sequence),
        evaluation=evaluation,
        by=by,
    )


def return_ended(evaluation: Evaluation, sent_back: Return, *, by: User) -> None:
    """The verifier goes on without a resubmission: the coordinator hears that the questions are locked."""
    notify(
        kind=MessageKind.RETURN_ENDED,
        to=district_people(evaluation, Role.COORDINATOR),
        subject=f"Pengembalian diakhiri: {evaluation.district}",
        body=f"{Stage(sent_back.stage).label} {evaluation.edition} dilanjutkan karena batas waktu lewat tanpa "
        "pengajuan kembali. Isian yang sudah tersimpan tetap dinilai; pertanyaan tidak dapat diubah lagi.",
        url=path("shortfall", evaluation),
        evaluation=evaluation,
        by=by,
    )


def extended(evaluation: Evaluation, extension: Extension, *, by: User) -> None:
    what = "Pengembalian" if extension.sent_back else Stage(extension.stage).label
    notify(
        kind=MessageKind.EXTENDED,
        to=district_people(evaluation, Role.COORDINATOR, Role.CONTRIBUTOR),
        subject=f"Batas waktu diperpanjang: {evaluation.district}",
        body=f"{what} {evaluation.edition}: batas waktu diperpanjang.\n"
        + _until(evaluation, extension.due_at, extension.locks_at),
        url=path("overview", evaluation),
        evaluation=evaluation,
        by=by,
    )


def stage_closed(evaluation: Evaluation, stage: Stage, result: StageResult, *, by: User) -> None:
    """To the coordinator and the leader; with the time until which it can be contested, where it can."""
    spec = loaded(evaluation.edition.instrument).spec
    band = spec.band_by_code.get(result.predikat)
    body = (
        f"{stage.label} {evaluation.edition} untuk {evaluation.district} sudah ditutup. Nilai "
        f"{angka(result.total, 2)}{f' ({band.name})' if band else ''}. Putusan tiap pertanyaan dapat dibaca "
        "di portal."
    )
    if stage in workflow.OBJECT:
        ends = result.taken_at + timedelta(days=settings.OBJECTION_DAYS)
        body += f"\nSanggah dapat diajukan sampai {deadlines.words(evaluation, ends)}."
    notify(
        kind=MessageKind.STAGE_CLOSED,
        to=district_people(evaluation, Role.COORDINATOR, Role.LEADER),
        subject=f"Hasil {stage.label}: {evaluation.district}",
        body=body,
        url=path("score", evaluation),
        evaluation=evaluation,
        by=by,
    )


def reopened(evaluation: Evaluation, stage: Stage, *, by: User) -> None:
    """To the coordinator and the leader: the last result of the stage no longer stands alone."""
    notify(
        kind=MessageKind.REOPENED,
        to=district_people(evaluation, Role.COORDINATOR, Role.LEADER),
        subject=f"{stage.label} dibuka kembali: {evaluation.district}",
        body=f"{stage.label} {evaluation.edition} dibuka kembali. Hasil sebelumnya tetap tersimpan; hasil baru keluar "
        "saat tahap ini ditutup lagi. Alasannya ada di portal.",
        url=path("overview", evaluation),
        evaluation=evaluation,
        by=by,
    )


def objection_filed(objection: Objection, code: str, *, author_pk: int, by: User) -> None:
    """To those who may decide: everyone of that level but the verdict's author (``author_pk``)."""
    evaluation, stage = objection.evaluation, Stage(objection.stage)
    roles = workflow.TABLE[workflow.DECIDE[stage]].roles
    notify(
        kind=MessageKind.OBJECTION_FILED,
        to=[person for person in _outsiders(evaluation, roles) if person.pk != author_pk],
        subject=f"{evaluation.district} menyanggah putusan pertanyaan {code}",
        body=f"{stage.label} {evaluation.edition}. Sanggah diputus orang lain daripada yang memberi putusan; "
        "alasan dan data dukungnya ada di portal.",
        url=path("objection_decide", evaluation, objection.pk),
        evaluation=evaluation,
        by=by,
    )


def objection_decided(objection: Objection, code: str, result: StageResult | None, *, by: User) -> None:
    evaluation, stage = objection.evaluation, Stage(objection.stage)
    outcome = "dikabulkan" if objection.granted else "ditolak"
    recount = f" Nilai {stage.label} kini {angka(result.total, 2)}." if result else ""
    notify(
        kind=MessageKind.OBJECTION_DECIDED,
        to=district_people(evaluation, Role.COORDINATOR),
        subject=f"Sanggah pertanyaan {code} {outcome}: {evaluation.district}",
        body=f"{evaluation.edition}: sanggah atas pertanyaan {code} {outcome}.{recount} "
        "Alasan putusan ada di portal.",
        url=path("objections", evaluation, stage),
        evaluation=evaluation,
        by=by,
    )


def publication(edition: Edition, at: datetime, *, by: User) -> None:
    """To the coordinators and leaders of every district of the edition, each in their district's own time.

    One query for the people; for each zone, of which there are three, an insert and who wants it by e-mail.
    """
    people = User.objects.filter(
        is_active=True,
        memberships__role__in=[Role.COORDINATOR, Role.LEADER],
        memberships__district__evaluations__edition=edition,
    ).annotate(zone=F("memberships__district__province__timezone"))
    zone_of = {person: person.zone for person in people.order_by("-zone")}
    for zone in sorted(set(zone_of.values())):
        moment = tanggal_jam(at, ZoneInfo(zone))
        notify(
            kind=MessageKind.PUBLICATION,
            to=[person for person in zone_of if zone_of[person] == zone],
            subject=f"Hasil {edition} diumumkan {moment}",
            body=f"Hasil akhir {edition} terbuka untuk umum mulai {moment}.",
            url=reverse("evaluations:public_results", args=[edition.code]),
            by=by,
        )


def window_moved(
    edition: Edition, stage: Stage, *, old: tuple[str, str] | None, new: tuple[str, str], by: User | None
) -> None:
    """To the coordinators of every district of the edition: (opens, closes) before and now, in words without a zone.

    One query and one insert, however many there are.
    """
    people = User.objects.filter(
        is_active=True,
        memberships__role=Role.COORDINATOR,
        memberships__district__evaluations__edition=edition,
    ).distinct()
    was = f"Semula: dibuka {old[0]}, ditutup {old[1]}.\n" if old else ""
    notify(
        kind=MessageKind.SCHEDULE,
        to=people,
        subject=f"Jadwal {stage.label} {'berubah' if old else 'ditetapkan'}: {edition}",
        body=f"{was}Sekarang: dibuka {new[0]}, ditutup {new[1]}.\nJam menurut waktu setempat. "
        "Perpanjangan yang sudah diberikan tetap berlaku.",
        url=reverse("home"),
        by=by,
    )


def file_refused(file: EvidenceFile) -> None:
    """To the one who put it in: the scanner found something, the file stays closed. No name: mail travels."""
    notify(
        kind=MessageKind.EVIDENCE,
        to=[file.added_by],
        subject="Berkas data dukung ditolak pemindai virus",
        body=f"Satu berkas yang Anda unggah untuk {file.evidence.district} mengandung virus dan tidak dapat dibuka. "
        "Periksa perangkat Anda, lalu unggah berkas yang bersih sebagai gantinya.",
        url=reverse("home"),
    )


def _in_order(evaluation: Evaluation, codes: Collection[str]) -> list[str]:
    """In the instrument's order: 2.1 before 12.1."""
    return [code for code in loaded(evaluation.edition.instrument).spec.by_code if code in set(codes)]


def _until(evaluation: Evaluation, due_at: datetime, locks_at: datetime) -> str:
    text = f"Tepat waktu sampai {deadlines.words(evaluation, due_at)}."
    if locks_at > due_at:
        text += f" Dikunci mulai {deadlines.words(evaluation, locks_at)}."
    return text
