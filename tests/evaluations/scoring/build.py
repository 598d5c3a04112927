"""Small instruments and hypothesis strategies for the scoring tests."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from indicators.spec import (
    Band,
    ChangeRule,
    ChoiceRule,
    ClusterSpec,
    CountRule,
    IndicatorSpec,
    InstrumentSpec,
    MatrixRow,
    MatrixRule,
    Option,
    PercentageRule,
    QuestionSpec,
    Rule,
    Tier,
)


def d(text: str | int) -> Decimal:
    return Decimal(text)


BANDS = (
    Band("kla", "KLA", d(900), inclusive=False, award=True, published="901-1000"),
    Band("utama", "Utama", d(800), inclusive=False, award=True, published="801-900"),
    Band("nindya", "Nindya", d(700), inclusive=False, award=True, published="701-800"),
    Band("madya", "Madya", d(600), inclusive=False, award=True, published="601-700"),
    Band("pratama", "Pratama", d(500), inclusive=True, award=True, published="500-600"),
    Band("inisiasi", "Inisiasi", d(0), inclusive=True, award=False),
)


def tiers(*pairs: tuple[str | int | None, str | int]) -> tuple[Tier, ...]:
    return tuple(Tier(None if bound is None else d(bound), d(points)) for bound, points in pairs)


def options(*points: str | int) -> tuple[Option, ...]:
    return tuple(Option(f"Pilihan {number}", d(value)) for number, value in enumerate(points))


CHOICE = ChoiceRule(
    (
        Option("Peraturan Daerah", d(12)),
        Option("Peraturan Bupati/Wali Kota", d(9)),
        Option("Instruksi", d("5.5")),
        Option("Belum ada", d(0)),
    )
)
BIRTHS = PercentageRule(
    "persalinan di fasilitas pelayanan kesehatan",
    "seluruh persalinan",
    "higher",
    tiers((95, 3), (85, 2), (70, 1), (0, 0)),
)
UNDERWEIGHT = PercentageRule(
    "balita dengan berat badan kurang",
    "seluruh balita yang ditimbang",
    "lower",
    tiers((10, 3), (15, 2), (20, 1), (100, 0)),
)
INSTITUTIONS = CountRule("jenis lembaga", "higher", tiers((5, 6), (3, 4), (1, 2), (0, 0)))
INFANT_DEATHS = ChangeRule("kematian bayi", "lower", tiers((-5, 3), (0, 2), (10, 1), (None, 0)))
USERS = ChangeRule("anak", "higher", tiers((5, 3), (0, 2), (-10, 1), (None, 0)))
PARTNERS = MatrixRule(
    (
        MatrixRow("Lembaga masyarakat", options("1.5", "1", "0.5", "0")),
        MatrixRow("Dunia usaha", options("1.5", "1", "0.5", "0")),
        MatrixRow("Media massa", options("1.5", "1", "0")),
    )
)


def best_points(rule: Rule) -> Decimal:
    if isinstance(rule, MatrixRule):
        return sum((row.options[0].points for row in rule.rows), d(0))
    return rule.options[0].points if isinstance(rule, ChoiceRule) else rule.tiers[0].points


def question(rule: Rule, code: str = "1.1", weight: Decimal | None = None) -> QuestionSpec:
    return QuestionSpec(
        code=code,
        title=f"Butir {code}",
        text="Apa?",
        guidance="",
        weight=best_points(rule) if weight is None else weight,
        theme="layanan",
        level="kabupaten",
        rule=rule,
        slots=(),
        agencies=("kesehatan",),
        sensitive=False,
        official="weight_only",
    )


def instrument(*clusters: tuple[tuple[QuestionSpec, ...], ...]) -> InstrumentSpec:
    """Each cluster is a tuple of indicators, each indicator a tuple of questions; weights are their sums."""
    numbers = iter(range(1, 1000))
    specs = []
    for place, indicators in enumerate(clusters):
        rows = tuple(
            IndicatorSpec(
                number=str(next(numbers)),
                name="Indikator",
                weight=sum((q.weight for q in questions), d(0)),
                purpose="",
                questions=questions,
            )
            for questions in indicators
        )
        weight = sum((row.weight for row in rows), d(0))
        specs.append(ClusterSpec(f"K{place}", f"Klaster {place}", weight, rows))
    return InstrumentSpec(
        code="kecil",
        title="Instrumen kecil",
        legal_basis=(),
        total=sum((cluster.weight for cluster in specs), d(0)),
        bands=BANDS,
        scales={},
        agencies=(),
        themes=(),
        evidence_kinds=(),
        clusters=tuple(specs),
    )


def points_list(size: int) -> st.SearchStrategy[list[Decimal]]:
    """Points best first, the worst 0, two decimals."""
    cents = st.lists(st.integers(0, 1500), min_size=size - 1, max_size=size - 1)
    return cents.map(lambda many: [Decimal(n) / 100 for n in [*sorted(many, reverse=True), 0]])


@st.composite
def choice_rules(draw: st.DrawFn) -> ChoiceRule:
    return ChoiceRule(options(*draw(points_list(draw(st.integers(2, 5))))))


@st.composite
def matrix_rules(draw: st.DrawFn) -> MatrixRule:
    count = draw(st.integers(1, 4))
    return MatrixRule(tuple(MatrixRow(f"Baris {n}", draw(choice_rules()).options) for n in range(count)))


@st.composite
def tier_lists(draw: st.DrawFn, direction: str, low: int, high: int, scale: int, last: str | None):
    """Bounds in the direction's order, in steps of 1/scale, and a last tier that takes the rest."""
    steps = st.integers(low * scale, high * scale)
    bounds = draw(st.lists(steps, min_size=1, max_size=4, unique=True))
    ordered = sorted(bounds, reverse=direction == "higher")
    points = draw(points_list(len(ordered) + 1))
    return tiers(*zip([*(Decimal(step) / scale for step in ordered), last], points, strict=True))


@st.composite
def tiered_rules(draw: st.DrawFn) -> PercentageRule | CountRule | ChangeRule:
    direction = draw(st.sampled_from(["higher", "lower"]))
    kind = draw(st.sampled_from(["percentage", "count", "change"]))
    if kind == "percentage":
        last = "0" if direction == "higher" else "100"
        percent = draw(tier_lists(direction, 1, 99, 100, last))
        empty = draw(st.none() | st.just(percent[0].points))
        return PercentageRule("anak yang dilayani", "seluruh anak", direction, percent, empty)
    if kind == "count":
        return CountRule("lembaga", direction, draw(tier_lists(direction, 1, 30, 1, None)))
    return ChangeRule("kasus", direction, draw(tier_lists(direction, -50, 50, 2, None)))


RULES = choice_rules() | matrix_rules() | tiered_rules()


def raw_answers(rule: Rule) -> st.SearchStrategy[dict[str, object]]:
    """Complete, lawful raw values for the rule."""
    match rule:
        case ChoiceRule():
            return st.fixed_dictionaries({"option": st.integers(0, len(rule.options) - 1)})
        case MatrixRule():
            rows = st.tuples(*(st.integers(0, len(row.options) - 1) for row in rule.rows))
            return rows.map(lambda numbers: {"rows": list(numbers)})
        case CountRule():
            return st.integers(0, 40).map(lambda number: {"value": str(number)})
        case ChangeRule():
            pair = st.tuples(st.integers(0, 40), st.integers(0, 60))
            return pair.map(lambda two: {"previous": str(two[0]), "current": str(two[1])})
        case _:
            pair = st.tuples(st.integers(0, 5000), st.integers(0, 5000)).map(sorted)
            return pair.map(lambda two: {"numerator": str(two[0]), "denominator": str(two[1])})


@st.composite
def instruments(draw: st.DrawFn) -> InstrumentSpec:
    """One to three clusters with one to three indicators of one to four questions."""
    place = iter(range(1, 1000))

    def indicator() -> tuple[QuestionSpec, ...]:
        rules = draw(st.lists(RULES, min_size=1, max_size=4))
        return tuple(question(rule, code=f"{next(place)}.1") for rule in rules)

    return instrument(
        *(tuple(indicator() for _ in range(draw(st.integers(1, 3)))) for _ in range(draw(st.integers(1, 3))))
    )


@st.composite
def answered_instruments(draw: st.DrawFn) -> tuple[InstrumentSpec, dict[str, dict[str, object] | None]]:
    spec = draw(instruments())
    answers = {q.code: draw(st.none() | raw_answers(q.rule)) for q in spec.questions()}
    return spec, answers
