"""The instrument file: text -> checked spec -> draft rows. All or nothing, every fault with its line.

Format and rules of rejection: fixtures/instruments/FORMAT.md.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import cast

from indicators.domain.canonical import canonical, digest
from indicators.domain.errors import Faults, InstrumentError, InstrumentErrors
from indicators.domain.fields import SLUG, TEXT, Fields, read_text
from indicators.domain.loading import check_load, load_instrument
from indicators.domain.rule_reader import LABEL, AnswerReader
from indicators.domain.yaml_tree import Mapping, Node, read_tree
from indicators.spec import (
    Band,
    ChoiceRule,
    ClusterSpec,
    IndicatorSpec,
    InstrumentSpec,
    Level,
    Official,
    QuestionSpec,
    ScaleOption,
    Slot,
    Term,
)
from kla_portal.indonesian import angka

__all__ = [
    "InstrumentError",
    "InstrumentErrors",
    "canonical",
    "check_load",
    "digest",
    "load_instrument",
    "parse_instrument",
]

LEVELS = ("kabupaten", "kecamatan", "desa")
OFFICIAL = ("weight_only", "options")

QUESTION = (
    "code", "title", "text", "guidance", "weight", "theme", "level",
    "answer", "evidence", "agencies", "sensitive", "official",
)  # fmt: skip


def parse_instrument(text: str, *, name: str) -> InstrumentSpec:
    """The instrument in ``text``, its digest filled in. ``name`` is the file's, for the messages.

    Raises ``InstrumentErrors`` with every fault found.
    """
    reader = _InstrumentReader()
    spec = reader.read(read_tree(text, name=name))
    if reader.faults.found:
        raise InstrumentErrors(reader.faults.found, name)
    return replace(spec, digest=digest(spec))


class _InstrumentReader:
    """One reading of one file. What it builds is whole only when no fault was found."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.seen: dict[tuple[str, str], int] = {}

    def read(self, root: Node) -> InstrumentSpec:
        top = self.fields(
            root, "berkas", "instrument", "scales", "agencies", "themes", "evidence_kinds", "clusters"
        )
        head = self.fields(
            top.nodes.get("instrument"), "instrumen", "code", "title", "legal_basis", "total", "predikat"
        )
        self.agencies = self.terms(top, "agencies", "perangkat daerah")
        self.themes = self.terms(top, "themes", "tema")
        self.kinds = self.terms(top, "evidence_kinds", "jenis data dukung")
        scales = self.scales(top.nodes.get("scales"))
        self.answers = AnswerReader(self.faults, scales)
        total = head.number("total")
        if total == 0:
            head.fault(head.line_of("total"), "total harus lebih besar dari 0")
        read = [self.cluster(node) for node in top.list("clusters")]
        self.check_sum(head, "total", ("klaster", "total instrumen"), [weight for _, weight in read], total)
        return InstrumentSpec(
            code=head.code("code", 40, slug=True),
            title=head.text("title", 200),
            legal_basis=self.texts(head, "legal_basis"),
            total=total or Decimal(0),
            bands=self.bands(head, total),
            scales=scales,
            agencies=self.agencies,
            themes=self.themes,
            evidence_kinds=self.kinds,
            clusters=tuple(cluster for cluster, _ in read),
        )

    def fields(self, node: Node | None, what: str, *required: str, optional: tuple[str, ...] = ()) -> Fields:
        return Fields(node, what, self.faults, required=required, optional=optional)

    def once(self, fields: Fields, key: str, group: str, code: str) -> str:
        """``code``, after checking that no other of its ``group`` has it."""
        line = fields.line_of(key)
        if code and (group, code) in self.seen:
            fields.fault(line, f'{key} "{code}" sudah dipakai pada baris {self.seen[group, code]}')
        elif code:
            self.seen[group, code] = line
        return code

    def texts(self, fields: Fields, key: str) -> tuple[str, ...]:
        nodes = fields.list(key, may_be_empty=True)
        return tuple(read_text(node, f"{fields.what}: {key}", self.faults, TEXT) for node in nodes)

    def terms(self, top: Fields, key: str, what: str) -> tuple[Term, ...]:
        found = []
        for node in top.list(key, may_be_empty=True):
            fields = self.fields(node, what, "code", "name")
            code = self.once(fields, "code", key, fields.code("code", 40, slug=True))
            found.append(Term(code, fields.text("name", 200)))
        return tuple(found)

    def scales(self, node: Node | None) -> dict[str, tuple[ScaleOption, ...]]:
        """Every named scale, also a faulty one: what uses it is not to be called unknown."""
        if node is None:
            return {}
        codes = [key.text for key, _ in node.pairs] if isinstance(node, Mapping) else []
        fields = self.fields(node, "scales", *dict.fromkeys(codes))
        return {code: self.scale(fields, code) for code in fields.nodes}

    def scale(self, scales: Fields, code: str) -> tuple[ScaleOption, ...]:
        if not SLUG.fullmatch(code) or len(code) > 40:
            scales.fault(
                scales.line_of(code), f'nama skala "{code[:40]}" hanya boleh memuat huruf, angka, - dan _'
            )
        steps: list[ScaleOption] = []
        for number, node in enumerate(scales.list(code)):
            step = self.fields(node, f"skala {code} pilihan {number}", "label", "fraction")
            label, fraction = step.text("label", LABEL), step.number("fraction")
            if fraction is None:
                continue
            if number == 0 and fraction != 1:
                step.fault(
                    step.line_of("fraction"), f"pilihan terbaik harus bernilai 1, bukan {angka(fraction)}"
                )
            step.check_order("fraction", fraction, steps[-1].fraction if steps else None)
            steps.append(ScaleOption(label, fraction))
        return tuple(steps)

    def bands(self, head: Fields, total: Decimal | None) -> tuple[Band, ...]:
        nodes = head.list("predikat")
        bands: list[Band] = []
        for node in nodes:
            band = self.band(node, total)
            if band is None:
                continue
            better = bands[-1] if bands else None
            if better and (band.threshold, not band.inclusive) >= (better.threshold, not better.inclusive):
                message = f"batasnya tidak di bawah {better.code}; tulis yang terbaik dahulu"
                self.faults.add(node.line, f"predikat {band.code}: {message}")
            bands.append(band)
        if bands and len(bands) == len(nodes) and not (bands[-1].inclusive and bands[-1].threshold == 0):
            self.faults.add(nodes[-1].line, "predikat: yang terendah harus memuat nilai 0 (from: 0)")
        return tuple(bands)

    def band(self, node: Node, total: Decimal | None) -> Band | None:
        fields = self.fields(
            node, "predikat", "code", "name", optional=("from", "above", "award", "published")
        )
        code = self.once(fields, "code", "predikat", fields.code("code", 20, slug=True))
        name = fields.text("name", 40)
        award = fields.flag("award", default=True)
        published = None
        if fields.has("published") and not fields.is_null("published"):
            published = fields.text("published", 20)
        if fields.has("from") == fields.has("above"):
            fields.fault(fields.line, "isi salah satu: from atau above")
            return None
        key = "from" if fields.has("from") else "above"
        threshold = fields.number(key)
        if threshold is None:
            return None
        if total is not None and (threshold > total or (key == "above" and threshold == total)):
            fields.fault(
                fields.line_of(key), f"{key} {angka(threshold)} tidak dapat dicapai, total {angka(total)}"
            )
        return Band(code, name, threshold, key == "from", award, published)

    def cluster(self, node: Node) -> tuple[ClusterSpec, Decimal | None]:
        fields = self.fields(node, "klaster", "code", "name", "weight", "indicators")
        code = self.once(fields, "code", "klaster", fields.code("code", 8))
        fields.what = f"klaster {code}".strip()
        weight = fields.number("weight")
        read = [self.indicator(each) for each in fields.list("indicators")]
        self.check_sum(fields, "weight", ("indikator", "klaster"), [each for _, each in read], weight)
        indicators = tuple(indicator for indicator, _ in read)
        return ClusterSpec(code, fields.text("name", 200), weight or Decimal(0), indicators), weight

    def indicator(self, node: Node) -> tuple[IndicatorSpec, Decimal | None]:
        fields = self.fields(node, "indikator", "number", "name", "weight", "purpose", "questions")
        number = self.once(fields, "number", "indikator", fields.code("number", 8))
        fields.what = f"indikator {number}".strip()
        weight = fields.number("weight")
        read = [self.question(each) for each in fields.list("questions")]
        self.check_sum(fields, "weight", ("pertanyaan", "indikator"), [each for _, each in read], weight)
        return (
            IndicatorSpec(
                number=number,
                name=fields.text("name", 300),
                weight=weight or Decimal(0),
                purpose=fields.text("purpose"),
                questions=tuple(question for question, _ in read),
            ),
            weight,
        )

    def question(self, node: Node) -> tuple[QuestionSpec, Decimal | None]:
        fields = self.fields(node, "pertanyaan", *QUESTION)
        code = self.once(fields, "code", "pertanyaan", fields.code("code", 12))
        fields.what = f"pertanyaan {code}".strip()
        weight = fields.number("weight")
        answer = fields.nodes.get("answer")
        rule = self.answers.read(answer, fields.what, weight) if answer else None
        official = self.fields(fields.nodes.get("official"), f"{fields.what}: official", "points")
        spec = QuestionSpec(
            code=code,
            title=fields.text("title", 200),
            text=fields.text("text"),
            guidance=fields.text("guidance"),
            weight=weight or Decimal(0),
            theme=fields.word("theme", [term.code for term in self.themes], "tema"),
            level=cast(Level, fields.word("level", LEVELS, "tingkat")),
            rule=rule or ChoiceRule(()),
            slots=self.slots(fields),
            agencies=self.question_agencies(fields),
            sensitive=fields.flag("sensitive"),
            official=cast(Official, official.word("points", OFFICIAL, "asal nilai")),
        )
        return spec, weight

    def slots(self, question: Fields) -> tuple[Slot, ...]:
        kinds = [term.code for term in self.kinds]
        slots = []
        for number, node in enumerate(question.list("evidence", may_be_empty=True), 1):
            fields = self.fields(node, f"{question.what} data dukung {number}", "kind", "label", "required")
            kind = fields.word("kind", kinds, "jenis data dukung")
            slots.append(Slot(number, kind, fields.text("label", LABEL), fields.flag("required")))
        return tuple(slots)

    def question_agencies(self, question: Fields) -> tuple[str, ...]:
        known = {term.code for term in self.agencies}
        codes: list[str] = []
        for node in question.list("agencies"):
            code = read_text(node, f"{question.what}: agencies", self.faults, 40)
            if code and code not in known:
                question.fault(node.line, f'perangkat daerah "{code}" tidak terdaftar dalam agencies')
            elif code in codes:
                question.fault(node.line, f'perangkat daerah "{code}" ditulis dua kali')
            codes.append(code)
        return tuple(codes)

    def check_sum(
        self,
        whole: Fields,
        key: str,
        names: tuple[str, str],
        weights: list[Decimal | None],
        weight: Decimal | None,
    ) -> None:
        """The parts' weights add up to the whole's. Silent while one of the numbers is wrong itself."""
        known = [each for each in weights if each is not None]
        if weight is None or not known or len(known) < len(weights):
            return
        total = sum(known, Decimal(0))
        if total != weight:
            part, name = names
            message = f"bobot {part} berjumlah {angka(total)}, bobot {name} {angka(weight)}"
            whole.fault(whole.line_of(key), message)
