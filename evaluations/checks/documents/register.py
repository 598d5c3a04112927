"""All rules about documents. A new one is a file of its own, a line here, and its short words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from evaluations.checks.documents import (
    alike,
    children_list,
    expired,
    identity_numbers,
    outside_years,
    photo_without_caption,
    quote_not_found,
    same_file_twice,
    scanning,
    shared_photo,
    shared_without_pages,
    undated,
    unreadable,
    withdrawn,
)
from evaluations.checks.documents.base import Concern, Library, Reply, Rule

RULES: tuple[Rule, ...] = (
    withdrawn.check,
    scanning.check,
    expired.check,
    outside_years.check,
    undated.check,
    shared_photo.check,
    same_file_twice.check,
    alike.check,
    unreadable.check,
    photo_without_caption.check,
    quote_not_found.check,
    identity_numbers.check,
    children_list.check,
    shared_without_pages.check,
)

WORDS: Mapping[str, str] = {
    "withdrawn": "sudah ditarik",
    "scanning": "ditolak pemindai virus",
    "expired": "lewat masa berlaku",
    "outside_years": "di luar tahun data dukung",
    "undated": "belum diisi tahunnya",
    "shared_photo": "dengan foto yang dipakai berulang",
    "same_file_twice": "tersimpan dua kali",
    "alike": "yang isinya hampir sama di pertanyaan lain",
    "unreadable": "sukar dibaca",
    "photo_without_caption": "foto tanpa keterangan",
    "quote_not_found": "dengan kutipan yang tidak ditemukan",
    "identity_numbers": "memuat nomor identitas",
    "children_list": "memuat daftar nama anak",
    "shared_without_pages": "tanpa nomor halaman",
}
"""After "dokumen"; gravest first, as lists of them are ordered."""

Answers = Mapping[tuple[str, str, str], Reply]
"""(Document id, rule, basis) -> the district's answer."""


def run(library: Library, answers: Answers | None = None) -> list[Concern]:
    """Every concern with its answer where there is one: warnings first, then in the rules' order."""
    found = [concern for rule in RULES for concern in rule(library)]
    return answered(sorted(found, key=lambda concern: concern.severity.order), answers or {})


def answered(concerns: Iterable[Concern], answers: Answers) -> list[Concern]:
    """The same, each with its answer where there is one."""
    replies = ((answers.get((str(c.evidence_id), c.rule, c.basis)), c) for c in concerns)
    return [replace(c, answered=reply) if reply and c.answerable else c for reply, c in replies]
