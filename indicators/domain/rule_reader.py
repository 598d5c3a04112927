"""The ``answer`` of a question in the instrument file -> a rule (Kepmen PPPA 21/2023; FORMAT.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from indicators.domain.canonical import options_of_scale
from indicators.domain.errors import Faults
from indicators.domain.fields import Fields
from indicators.domain.yaml_tree import Mapping, Node, Scalar
from indicators.spec import (
    ChangeRule,
    ChoiceRule,
    CountRule,
    Direction,
    MatrixRow,
    MatrixRule,
    Option,
    PercentageRule,
    Rule,
    ScaleOption,
    Tier,
)
from kla_portal.indonesian import angka

LABEL = 300

KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "choice": (("kind",), ("options", "scale")),
    "percentage": (("kind", "numerator", "denominator", "direction", "tiers"), ("empty",)),
    "count": (("kind", "unit", "direction", "tiers"), ()),
    "change": (("kind", "unit", "direction", "tiers"), ()),
    "matrix": (("kind", "rows"), ()),
}
"""Kind -> required and optional keys."""

BOUNDS: dict[str, tuple[Decimal | None, Decimal | None]] = {
    "percentage": (Decimal(0), Decimal(100)),
    "count": (Decimal(0), None),
    "change": (Decimal(-100), None),
}
"""What a cut-off can be: a share lies between 0 and 100%, and nothing falls by more than all of it."""


class AnswerReader:
    """Reads the answer rules of one file; ``weight`` is the question's, ``None`` when it is wrong itself."""

    def __init__(self, faults: Faults, scales: dict[str, tuple[ScaleOption, ...]]) -> None:
        self.faults = faults
        self.scales = scales

    def read(self, node: Node, what: str, weight: Decimal | None) -> Rule | None:
        """The rule, or ``None`` after reporting what keeps it from being one."""
        kind = self._kind(node, what)
        if kind is None:
            return None
        required, optional = KEYS[kind]
        fields = Fields(node, what, self.faults, required=required, optional=optional)
        if kind == "choice":
            return self._choice(fields, weight)
        if kind == "matrix":
            return self._matrix(fields, weight)
        return self._tiered(fields, kind, weight)

    def _kind(self, node: Node, what: str) -> str | None:
        """Looked at before the other keys: which ones are known depends on it."""
        found = (
            [value for key, value in node.pairs if key.text == "kind"] if isinstance(node, Mapping) else []
        )
        if not found:
            self.faults.add(node.line, f"{what}: isian kurang: kind")
            return None
        first = found[0]
        if isinstance(first, Scalar) and first.text in KEYS:
            return first.text
        self.faults.add(first.line, f"{what}: jenis jawaban (kind) tidak dikenal; pilih: {', '.join(KEYS)}")
        return None

    def _choice(self, fields: Fields, weight: Decimal | None) -> ChoiceRule | None:
        if fields.has("options") == fields.has("scale"):
            fields.fault(fields.line, "isi salah satu: options atau scale")
            return None
        if fields.has("scale"):
            scale = fields.word("scale", self.scales, "skala")
            if not scale or weight is None:
                return None
            return ChoiceRule(options_of_scale(self.scales[scale], weight), scale)
        options = self.options(fields, "options")
        self._check_best(fields, fields.line_of("options"), options[0].points if options else None, weight)
        return ChoiceRule(options)

    def _matrix(self, fields: Fields, weight: Decimal | None) -> MatrixRule:
        rows = []
        for number, node in enumerate(fields.list("rows"), 1):
            row = Fields(
                node, f"{fields.what} baris isian {number}", self.faults, required=("label", "options")
            )
            rows.append(MatrixRow(row.text("label", LABEL), self.options(row, "options")))
        complete = bool(rows) and all(row.options for row in rows)
        best = sum((row.options[0].points for row in rows), Decimal(0)) if complete else None
        self._check_best(fields, fields.line_of("rows"), best, weight)
        return MatrixRule(tuple(rows))

    def options(self, fields: Fields, key: str) -> tuple[Option, ...]:
        """Options best first; empty after a fault in any of them."""
        nodes = fields.list(key)
        options: list[Option] = []
        for number, node in enumerate(nodes):
            option = Fields(
                node, f"{fields.what} pilihan {number}", self.faults, required=("label", "points")
            )
            label, points = option.text("label", LABEL), option.number("points")
            if points is not None:
                option.check_order("points", points, options[-1].points if options else None)
            if label and points is not None:
                options.append(Option(label, points))
        return tuple(options) if len(options) == len(nodes) else ()

    def _tiered(self, fields: Fields, kind: str, weight: Decimal | None) -> Rule | None:
        direction = cast(Direction, fields.word("direction", ("higher", "lower"), "arah"))
        names = (
            [fields.text(key, LABEL) for key in ("numerator", "denominator")]
            if kind == "percentage"
            else [fields.text("unit", 60)]
        )
        empty = fields.number("empty")
        if empty is not None and weight is not None and empty > weight:
            fields.fault(fields.line_of("empty"), f"empty {angka(empty)} melebihi bobot {angka(weight)}")
        if not direction:
            return None
        tiers = self._tiers(fields, direction, BOUNDS[kind])
        self._check_best(fields, fields.line_of("tiers"), tiers[0].points if tiers else None, weight)
        if kind == "percentage":
            return PercentageRule(names[0], names[1], direction, tiers, empty)
        return (CountRule if kind == "count" else ChangeRule)(names[0], direction, tiers)

    def _tiers(
        self, fields: Fields, direction: Direction, limits: tuple[Decimal | None, Decimal | None]
    ) -> tuple[Tier, ...]:
        nodes = fields.list("tiers")
        key = "min" if direction == "higher" else "max"
        tiers: list[Tier] = []
        for number, node in enumerate(nodes, 1):
            tier = Fields(node, f"{fields.what} tingkat {number}", self.faults, required=(key, "points"))
            points = tier.number("points")
            is_open = tier.is_null(key)
            bound = None if is_open else tier.number(key, negative=True)
            if is_open and number < len(nodes):
                tier.fault(tier.line_of(key), f"{key} kosong (null) hanya boleh pada tingkat terakhir")
            if bound is not None:
                self._check_bound(tier, key, bound, limits)
            if points is None or (bound is None and not is_open):
                continue
            if tiers:
                self._check_order(tier, key, tiers[-1], Tier(bound, points))
            tiers.append(Tier(bound, points))
        return tuple(tiers) if len(tiers) == len(nodes) else ()

    def _check_bound(
        self, tier: Fields, key: str, bound: Decimal, limits: tuple[Decimal | None, Decimal | None]
    ) -> None:
        low, high = limits
        if low is not None and bound < low:
            tier.fault(tier.line_of(key), f"batas {angka(bound)} di bawah {angka(low)} tidak mungkin")
        if high is not None and bound > high:
            tier.fault(tier.line_of(key), f"batas {angka(bound)} di atas {angka(high)} tidak mungkin")

    def _check_order(self, tier: Fields, key: str, before: Tier, this: Tier) -> None:
        tier.check_order("points", this.points, before.points)
        if this.bound is None or before.bound is None:
            return
        ordered = this.bound < before.bound if key == "min" else this.bound > before.bound
        if not ordered:
            word = "menurun" if key == "min" else "menaik"
            tier.fault(
                tier.line_of(key),
                f"batas {angka(this.bound)} sesudah {angka(before.bound)}; batas {key} harus {word}",
            )

    def _check_best(self, fields: Fields, line: int, best: Decimal | None, weight: Decimal | None) -> None:
        if best is not None and weight is not None and best != weight:
            fields.fault(line, f"nilai terbaik {angka(best)}, bobot pertanyaan {angka(weight)}")
