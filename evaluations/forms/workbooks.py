"""A workbook out and in: what is chosen, what was uploaded, what its cells mean as answers, and what was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import groupby
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from evaluations.domain.workbooks.applying import Step
from evaluations.domain.workbooks.export import Choices
from evaluations.domain.workbooks.identity import must_be_of
from evaluations.domain.workbooks.reading import Entry, Rejected
from evaluations.files.faults import FileRefused
from evaluations.forms.answer import AnswerForm
from evaluations.forms.numbers import reads_two_ways
from evaluations.models import Evaluation
from evaluations.reports.workbook.layout import Part, note_text, parts_of, plain_label
from evaluations.reports.workbook.reading import Cell, FilledBook, NotAWorkbook, Row, read_workbook
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec, QuestionSpec
from kla_portal.accounts.forms import PortalForm
from kla_portal.accounts.models import Agency, User
from kla_portal.indonesian import angka

PLAN_SALT = "kla.workbook.plan"
PLAN_SECONDS = 12 * 60 * 60
"""As long as a session lasts."""

NO_RESULT = (
    "Sel berisi rumus tanpa hasil. Buka di Excel atau LibreOffice dan simpan lagi, atau tulis angkanya."
)


class ExportForm(PortalForm):
    """``opd``: an agency's id, ``klaster``: a cluster's code; empty for all."""

    opd = forms.ChoiceField(label="Perangkat daerah", required=False)
    klaster = forms.ChoiceField(label="Klaster", required=False)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        self.fields["opd"].choices = [  # type: ignore[attr-defined]
            ("", f"Semua ({choices.count} pertanyaan)"),
            *((str(agency.pk), f"{agency.name} ({count})") for agency, count in choices.agencies),
        ]
        self.fields["klaster"].choices = [  # type: ignore[attr-defined]
            ("", "Semua klaster"),
            *((c.code, f"{c.code} {c.name} ({count})") for c, count in choices.clusters),
        ]

    @property
    def agency(self) -> Agency | None:
        wanted = self.cleaned_data["opd"]
        return next((agency for agency, _ in self.choices.agencies if str(agency.pk) == wanted), None)


class UploadForm(PortalForm):
    """``book`` after cleaning: what stands in the cells of a workbook of this very evaluation."""

    file = forms.FileField(
        label="Buku kerja yang sudah diisi (.xlsx)",
        help_text="Paling besar 5 MB. Sesudah diunggah Anda memeriksa perubahannya dahulu; belum ada yang disimpan.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "Pilih dahulu berkas buku kerjanya, lalu tekan Periksa isinya.",
            "empty": "Berkas ini kosong (0 byte). Periksa berkasnya, lalu unggah lagi.",
        },
    )

    def __init__(self, *args: Any, evaluation: Evaluation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evaluation = evaluation
        self.book = FilledBook({}, ())

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            self.book = read_workbook(
                upload.file,  # type: ignore[arg-type]
                name=upload.name or "",
                size=upload.size or 0,
                declared=upload.content_type or "",
            )
            must_be_of(self.evaluation, self.book)
        except (NotAWorkbook, FileRefused) as refused:
            raise forms.ValidationError(str(refused)) from refused
        return upload

    def read(self) -> tuple[list[Entry], list[Rejected]]:
        return read_entries(self.book, loaded(self.evaluation.edition.instrument).spec)


def read_entries(book: FilledBook, spec: InstrumentSpec) -> tuple[list[Entry], list[Rejected]]:
    """The cells as answers, and those that are none with their address. A question with one bad cell is no entry.

    ``book``'s rows must be those that went out (``identity.must_be_of``).
    """
    entries: list[Entry] = []
    rejected: list[Rejected] = []
    by_code = sorted(book.rows, key=lambda row: row.key.code)
    for code, rows in groupby(by_code, key=lambda row: row.key.code):
        question = _Question(spec.by_code[code], {row.key.field: row for row in rows})
        faults = question.faults()
        rejected += faults
        if not faults:
            entries.append(question.entry())
    order = {code: place for place, code in enumerate(spec.by_code)}
    return sorted(entries, key=lambda e: order[e.code]), sorted(rejected, key=lambda r: order[r.code])


class _Question:
    """The cells of one question, read by the same form as its card on screen."""

    def __init__(self, question: QuestionSpec, rows: Mapping[str, Row]) -> None:
        self.question, self.rows = question, rows
        self.parts = parts_of(question.rule)
        self.first = rows[self.parts[0].field]
        self.unread = {
            cell.address: reason
            for cell in [*(row.fill for row in rows.values()), self.first.note]
            if (reason := _unreadable(cell, note=cell is self.first.note))
        }
        data = {part.field: self._typed(part) for part in self.parts}
        self.form = AnswerForm(question, data | {"note": note_text(self._note())})

    def _note(self) -> str:
        return "" if self.first.note.address in self.unread else self.first.note.text

    def _typed(self, part: Part) -> str:
        """The cell as its field on screen would be posted: a drop-down as the option's number."""
        cell = self.rows[part.field].fill
        if cell.kind == "empty" or cell.address in self.unread:
            return ""
        if not part.choices:
            return self._number(cell)
        places = {plain_label(label): place for place, label in enumerate(part.choices)}
        place = places.get(plain_label(cell.text))
        if place is None:
            self.unread[cell.address] = (
                f"“{_short(cell.text)}” tidak ada dalam daftar pilihan. Pilih dari daftar pada sel ini."
            )
            return ""
        return str(place)

    def _number(self, cell: Cell) -> str:
        """A cell that holds a number has no thousands sign: 1.234 is a fraction there, whatever was meant."""
        if cell.kind != "number" or not reads_two_ways(cell.text):
            return cell.text
        whole = cell.text.replace(".", "")
        self.unread[cell.address] = (
            f"Sel berisi pecahan {angka(cell.text)}; yang diminta bilangan bulat. Bila maksudnya {angka(whole)}, "
            f"tulis {whole} tanpa titik dan koma di sel ini."
        )
        return ""

    def faults(self) -> list[Rejected]:
        found = dict(self.unread)
        if not self.form.is_valid():
            for field, message in self.form.errors.items():
                found.setdefault(self._address(field), message)
        return [Rejected(self.question.code, address, reason) for address, reason in found.items()]

    def _address(self, field: str) -> str:
        if field == "note":
            return self.first.note.address
        return self.rows[field].fill.address if field in self.rows else self.first.fill.address

    def entry(self) -> Entry:
        return Entry(
            self.question.code,
            self.form.value,
            self.form.note,
            self.first.key.version,
            self.first.fill.address,
        )


def _unreadable(cell: Cell, *, note: bool) -> str:
    """Why the cell's kind cannot be an answer; a note may also hold a number or a date."""
    if cell.kind == "formula":
        return NO_RESULT
    if cell.kind == "error":
        return f"Sel berisi kesalahan rumus {_short(cell.text)}. Perbaiki rumusnya, atau tulis isinya."
    if note:
        return ""
    if cell.kind == "date":
        return f"Sel berisi tanggal ({cell.text}). Tulis angka saja, atau pilih dari daftar."
    if cell.kind == "boolean":
        return f"Sel berisi nilai benar/salah ({cell.text}). Tulis angka saja, atau pilih dari daftar."
    return ""


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


# Between looking and applying the steps travel in the page, signed: they survive a reload, an ended session and another
# host, need no clean-up, and the browser cannot change them.


def pack(steps: Iterable[Step], *, evaluation: Evaluation, user: User) -> str:
    content = {"of": [evaluation.pk, user.pk], "steps": [asdict(step) for step in steps]}
    return signing.dumps(content, salt=PLAN_SALT, compress=True)


def unpack(text: str, *, evaluation: Evaluation, user: User) -> list[Step] | None:
    """The steps that this person looked at for this evaluation; ``None`` for anything else, or after twelve hours."""
    try:
        content = signing.loads(text, salt=PLAN_SALT, max_age=PLAN_SECONDS)
    except signing.BadSignature:
        return None
    if content["of"] != [evaluation.pk, user.pk]:
        return None
    return [Step(**row) for row in content["steps"]]
