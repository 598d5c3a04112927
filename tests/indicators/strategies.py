"""Any instrument that the format allows, for hypothesis."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from indicators.domain.canonical import digest, number, options_of_scale
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
    ScaleOption,
    Slot,
    Term,
    Tier,
)

texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs", "Cc"]),
        st.sampled_from("\n\t:#'\"-{}[]&*!|>%@`, 0123456789~"),
    ),
    min_size=1,
    max_size=60,
).filter(str.strip)
codes = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z._-]{0,6}", fullmatch=True)
slugs = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z_-]{0,15}", fullmatch=True)
points = st.decimals(0, 99, places=2).map(number)


def descending(values):
    return sorted(values, reverse=True)


@st.composite
def terms(draw, minimum):
    return tuple(
        Term(code, draw(texts)) for code in draw(st.lists(slugs, min_size=minimum, max_size=3, unique=True))
    )


@st.composite
def scale(draw):
    fractions = descending(draw(st.lists(st.decimals(0, 1, places=4).map(number), max_size=3)))
    return tuple(ScaleOption(draw(texts), fraction) for fraction in [Decimal(1), *fractions])


@st.composite
def options(draw):
    return tuple(
        Option(draw(texts), each) for each in descending(draw(st.lists(points, min_size=1, max_size=4)))
    )


@st.composite
def tiers(draw, direction, low, high):
    bounds = draw(st.lists(st.decimals(low, high, places=1).map(number), min_size=1, max_size=4, unique=True))
    bounds.sort(reverse=direction == "higher")
    found = list(bounds)
    if draw(st.booleans()):
        found.append(None)
    worth = descending(draw(st.lists(points, min_size=len(found), max_size=len(found))))
    return tuple(Tier(bound, each) for bound, each in zip(found, worth, strict=True))


@st.composite
def rules(draw, scales):
    """A rule and the weight it makes."""
    kind = draw(st.sampled_from(["options", "scale", "percentage", "count", "change", "matrix"]))
    direction = draw(st.sampled_from(["higher", "lower"]))
    if kind == "scale" and scales:
        code, weight = draw(st.sampled_from(sorted(scales))), draw(points)
        return ChoiceRule(options_of_scale(scales[code], weight), code), weight
    if kind == "percentage":
        steps = draw(tiers(direction, 0, 100))
        empty = draw(st.none() | st.just(steps[0].points))
        return PercentageRule(draw(texts), draw(texts), direction, steps, empty), steps[0].points
    if kind == "count":
        steps = draw(tiers(direction, 0, 5000))
        return CountRule(draw(texts), direction, steps), steps[0].points
    if kind == "change":
        steps = draw(tiers(direction, -100, 500))
        return ChangeRule(draw(texts), direction, steps), steps[0].points
    if kind == "matrix":
        rows = tuple(MatrixRow(draw(texts), draw(options())) for _ in range(draw(st.integers(1, 3))))
        return MatrixRule(rows), number(sum((row.options[0].points for row in rows), Decimal(0)))
    found = draw(options())
    return ChoiceRule(found), found[0].points


@st.composite
def questions(draw, code, spec):
    rule, weight = draw(rules(spec.scales))
    kinds = [term.code for term in spec.evidence_kinds]
    count = draw(st.integers(0, 2)) if kinds else 0
    return QuestionSpec(
        code=code,
        title=draw(texts),
        text=draw(texts),
        guidance=draw(texts),
        weight=weight,
        theme=draw(st.sampled_from([term.code for term in spec.themes])),
        level=draw(st.sampled_from(["kabupaten", "kecamatan", "desa"])),
        rule=rule,
        slots=tuple(
            Slot(n, draw(st.sampled_from(kinds)), draw(texts), draw(st.booleans()))
            for n in range(1, count + 1)
        ),
        agencies=tuple(
            draw(
                st.lists(
                    st.sampled_from([t.code for t in spec.agencies]), min_size=1, max_size=2, unique=True
                )
            )
        ),
        sensitive=draw(st.booleans()),
        official=draw(st.sampled_from(["weight_only", "options"])),
    )


@st.composite
def instruments(draw):
    spec = InstrumentSpec(
        code=draw(slugs),
        title=draw(texts),
        legal_basis=tuple(draw(st.lists(texts, max_size=2))),
        total=Decimal(0),
        bands=(),
        scales={code: draw(scale()) for code in draw(st.lists(slugs, max_size=2, unique=True))},
        agencies=draw(terms(1)),
        themes=draw(terms(1)),
        evidence_kinds=draw(terms(0)),
        clusters=(),
    )
    question_codes = iter(draw(st.lists(codes, min_size=5, max_size=5, unique=True)))
    numbers = iter(draw(st.lists(codes, min_size=3, max_size=3, unique=True)))
    clusters = []
    for sizes in ([1, 2], [1]):
        indicators = []
        for size in sizes:
            found = tuple(draw(questions(next(question_codes), spec)) for _ in range(size))
            weight = number(sum((question.weight for question in found), Decimal(0)))
            indicators.append(IndicatorSpec(next(numbers), draw(texts), weight, draw(texts), found))
        weight = number(sum((indicator.weight for indicator in indicators), Decimal(0)))
        clusters.append(ClusterSpec(f"K{len(clusters)}", draw(texts), weight, tuple(indicators)))
    total = number(sum((cluster.weight for cluster in clusters), Decimal(0)))
    bands = (
        Band("atas", "Atas", number(total / 2), False, True, draw(st.none() | st.just("1-2"))),
        Band("bawah", "Bawah", Decimal(0), True, False),
    )
    spec = replace(spec, total=total, clusters=tuple(clusters), bands=bands)
    return replace(spec, digest=digest(spec))
