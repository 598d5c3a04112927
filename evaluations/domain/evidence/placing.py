"""Where a file probably belongs: its name against the questions' codes and the names of their slots.

Only proposals, which a person looks at before anything is saved. No queries.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from evaluations.domain.evidence.uploads import Place
from evaluations.files.faults import EvidenceRefused
from evaluations.files.inspection import suffix_of
from evaluations.files.naming import codes_in
from indicators.spec import InstrumentSpec, QuestionSpec, Slot

KIND_WORDS = {
    "regulation": "sk keputusan perda perbup perwali perwal perkada peraturan instruksi edaran kebijakan qanun",
    "budget": "dpa rka anggaran apbd renja rincian",
    "data": "data rekap rekapitulasi statistik jumlah daftar",
    "matrix": "matriks tabel isian",
    "photo": "foto photo img dsc dokumentasi gambar whatsapp",
    "certificate": "sertifikat piagam penghargaan piala akreditasi",
    "report": "laporan lap lpj lkjip evaluasi",
    "sop": "sop prosedur alur",
    "minutes": "notulen notula undangan absen absensi hadir risalah",
    "document": "dokumen mou nota kesepahaman jdih tangkapan",
}
"""Kind of evidence -> words by which people name such files."""
PICTURES = {"jpg", "jpeg", "png", "webp"}
KIND_WEIGHT, PICTURE_WEIGHT = 3, 2
SHORT = 4
"""Letters from which on a word says something about a slot."""
MANY = ";"


def proposed(path: str, spec: InstrumentSpec, codes: Collection[str]) -> tuple[Place, ...]:
    """The places that the file's name, or its folders, speak of, among the questions ``codes``; in doubt none."""
    questions = (spec.by_code[code] for code in codes_in(path, codes))
    return tuple(
        Place(question.code, _slot(question, path).number) for question in questions if question.slots
    )


def _slot(question: QuestionSpec, path: str) -> Slot:
    """The slot whose kind and label fit the name best; among equals a required one, else the first."""
    words = _words(path)
    picture = suffix_of(path) in PICTURES
    return max(
        question.slots, key=lambda slot: (_fit(slot, words, picture=picture), slot.required, -slot.number)
    )


def _fit(slot: Slot, words: frozenset[str], *, picture: bool) -> int:
    kind = KIND_WEIGHT * bool(words & _words(KIND_WORDS.get(slot.kind, "")))
    shown = PICTURE_WEIGHT * (picture and slot.kind == "photo")
    return kind + shown + sum(len(word) >= SHORT for word in words & _words(slot.label))


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", text.lower()))


def written(places: Sequence[Place], spec: InstrumentSpec) -> str:
    """As it stands in a field: ``12.1/2 Rekapitulasi``; several as ``12.3a/1; 12.3b/1``."""
    if len(places) == 1:
        return label(places[0], spec)
    return f"{MANY} ".join(f"{place.code}/{place.slot}" for place in places)


def label(place: Place, spec: InstrumentSpec) -> str:
    slot = next(slot for slot in spec.by_code[place.code].slots if slot.number == place.slot)
    return f"{place.code}/{place.slot} {slot.label.replace(MANY, ',')}"


def all_labels(spec: InstrumentSpec, codes: Collection[str]) -> list[str]:
    """Every slot of the questions ``codes`` as it is written in a field, in the instrument's order."""
    open_questions = (question for question in spec.questions() if question.code in codes)
    return [
        label(Place(question.code, slot.number), spec)
        for question in open_questions
        for slot in question.slots
    ]


def places_in(text: str, path: str, spec: InstrumentSpec, codes: Collection[str]) -> tuple[Place, ...]:
    """What a person wrote in the field: ``12.1/2 ...``, ``12.1`` (the slot by the file's name), several with ``;``.

    Raises ``EvidenceRefused`` for what names no question in ``codes``, or no slot of it.
    """
    parts = [part.strip() for part in text.split(MANY) if part.strip()]
    return tuple(dict.fromkeys(_place(part, path, spec, codes) for part in parts))


def _place(text: str, path: str, spec: InstrumentSpec, codes: Collection[str]) -> Place:
    code, _, number = text.split(maxsplit=1)[0].partition("/")
    spelled = {known.lower(): known for known in codes}.get(code.lower())
    if spelled is None:
        raise EvidenceRefused(
            f"“{text[:40]}” bukan pertanyaan yang terbuka bagi Anda. Tulis kodenya, misalnya 12.1, atau kosongkan."
        )
    question = spec.by_code[spelled]
    if not question.slots:
        raise EvidenceRefused(
            f"Pertanyaan {spelled} tidak meminta data dukung. Pilih pertanyaan lain, atau kosongkan."
        )
    if not number:
        return Place(spelled, _slot(question, path).number)
    if not any(str(slot.number) == number for slot in question.slots):
        raise EvidenceRefused(
            f"Pertanyaan {spelled} tidak mempunyai slot {number[:10]}. Pilih dari daftar, atau tulis {spelled} saja."
        )
    return Place(spelled, int(number))
