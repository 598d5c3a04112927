"""The questions that a person may read, as a workbook to fill in offline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction

from evaluations.domain import workflow
from evaluations.domain.assignments import agencies_by_question, codes_open_to
from evaluations.domain.workbooks.identity import meta_of
from evaluations.domain.workflow import Action
from evaluations.files.inspection import clean_name
from evaluations.models import Answer, Evaluation
from evaluations.reports.workbook.layout import keys_of
from evaluations.reports.workbook.writing import Book, Line, Sheet, write_workbook
from indicators.domain.spec import loaded
from indicators.spec import ClusterSpec, QuestionSpec
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.accounts.models import Agency, User
from kla_portal.events.log import record
from kla_portal.events.models import EventAction
from kla_portal.indonesian import tanggal_jam


@dataclass(frozen=True)
class Exported:
    """``name`` is the file's, fit for any disk; ``count`` the questions in it."""

    name: str
    content: bytes
    count: int


@dataclass(frozen=True)
class Choices:
    """What a person can choose from: agencies and clusters that have questions for them, with their number."""

    agencies: list[tuple[Agency, int]]
    clusters: list[tuple[ClusterSpec, int]]
    count: int


def choices_for(evaluation: Evaluation, user: User) -> Choices:
    """Four queries beside the cached instrument."""
    spec = loaded(evaluation.edition.instrument).spec
    assigned = agencies_by_question(evaluation)
    codes = _readable(evaluation, user, assigned)
    agencies = {agency.pk: agency for code, agency in assigned.items() if code in codes}
    with_count = [
        (agency, sum(assigned[code].pk == agency.pk for code in codes if code in assigned))
        for agency in sorted(agencies.values(), key=lambda agency: agency.name)
    ]
    clusters = [(cluster, sum(q.code in codes for q in cluster.questions())) for cluster in spec.clusters]
    return Choices(with_count, [pair for pair in clusters if pair[1]], len(codes))


def export_workbook(
    *, evaluation: Evaluation, by: User, agency: Agency | None = None, cluster: str = ""
) -> Exported:
    """The workbook of one agency's or cluster's questions, or of all that the person reads; the deed is written down.

    Raises ``Refused`` when the person may not read the evaluation, or nothing is left of the choice.
    """
    workflow.ensure(evaluation, Action.READ, by=by)
    spec = loaded(evaluation.edition.instrument).spec
    assigned = agencies_by_question(evaluation)
    codes = _readable(evaluation, by, assigned)
    if agency is not None:
        codes = {code for code in codes if code in assigned and assigned[code].pk == agency.pk}
    wanted = [part for part in spec.clusters if cluster in {"", part.code}]
    sheets = tuple(_sheets(wanted, codes, _stored(evaluation)))
    lines = [line for sheet in sheets for line in sheet.lines]
    if not lines:
        raise Refused("Tidak ada pertanyaan pada pilihan ini. Pilih perangkat daerah atau klaster yang lain.")
    selection = ", ".join(part for part in (agency.name if agency else "", cluster) if part)
    meta = meta_of(
        evaluation,
        selection,
        (key for line in lines for key in keys_of(line.question.code, line.question.rule, line.version)),
    )
    title = f"Isian {evaluation.edition} {evaluation.district}{f' - {selection}' if selection else ''}"
    content = write_workbook(Book(title, _guide(evaluation, title, len(lines)), meta, sheets))
    with transaction.atomic():
        record(
            EventAction.WORKBOOK_EXPORTED,
            by=by,
            district=evaluation.district_id,
            subject=f"evaluasi:{evaluation.pk}",
            selection=selection,
            questions=len(lines),
        )
    return Exported(_file_name(evaluation, selection), content, len(lines))


def _readable(evaluation: Evaluation, user: User, assigned: Mapping[str, Agency]) -> set[str]:
    every = set(loaded(evaluation.edition.instrument).spec.by_code)
    open_codes = codes_open_to(user, evaluation, assigned)
    return every if open_codes is None else every & open_codes


def _stored(evaluation: Evaluation) -> dict[str, Answer]:
    codes = loaded(evaluation.edition.instrument).question_codes
    return {codes[row.question_id]: row for row in Answer.objects.filter(evaluation=evaluation)}


def _sheets(clusters: list[ClusterSpec], codes: set[str], stored: Mapping[str, Answer]) -> Iterator[Sheet]:
    for cluster in clusters:
        lines = tuple(
            _line(question, stored.get(question.code))
            for question in cluster.questions()
            if question.code in codes
        )
        if lines:
            yield Sheet(cluster.code, cluster.name, lines)


def _line(question: QuestionSpec, answer: Answer | None) -> Line:
    if answer is None:
        return Line(question, None, "", 0)
    return Line(question, answer.value, answer.note, answer.version)


def _guide(evaluation: Evaluation, title: str, count: int) -> tuple[str, ...]:
    zone = workflow.zone_of(evaluation)
    closes_at = workflow.closes_at(evaluation)
    until = f" Portal ditutup {tanggal_jam(closes_at, zone)}." if closes_at else ""
    return (
        title,
        f"{count} pertanyaan, keadaan {tanggal_jam(clock.now(), zone)}.{until}",
        "1. Isi sel kuning saja. Pilihan diambil dari daftar pada selnya; angka ditulis bulat, tanpa titik dan "
        "satuan. Petunjuk setiap pertanyaan ada pada komentar selnya.",
        "2. Simpan sebagai Excel (.xlsx), lalu unggah kembali di halaman Isian Excel pada portal.",
        "3. Periksa daftar perubahannya di portal, lalu terapkan. Sebelum itu tidak ada yang tersimpan.",
        "Baris, kolom, dan lembar dikunci supaya isian kembali ke pertanyaannya. Mengosongkan sel kuning berarti "
        "mengosongkan jawabannya. Data dukung tetap diunggah di portal.",
        "“Perkiraan” berarti pilihan nilai dan batasnya tidak diterbitkan dalam peraturan; nilai maksimum setiap "
        "pertanyaan resmi.",
    )


def _file_name(evaluation: Evaluation, selection: str) -> str:
    """``Isian KLA 2026 Kabupaten Tabalong - Dinas Kesehatan.xlsx``."""
    more = f" - {selection}" if selection else ""
    return clean_name(f"Isian KLA {evaluation.edition.code} {evaluation.district}{more}.xlsx")
