"""A district's answers to a whole instrument that add up to a wanted total."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random

from indicators.spec import InstrumentSpec
from kla_portal.web.demo.figures import Figures, Part, Values, assemble
from kla_portal.web.demo.places import Place
from kla_portal.web.demo.sizes import Sizes
from kla_portal.web.demo.target import choose


@dataclass(frozen=True)
class Region:
    """From the region data: kecamatan, villages, and the villages of the largest kecamatan."""

    kecamatan: int
    villages: int
    largest: int


def answers_for(spec: InstrumentSpec, place: Place, region: Region, total: Decimal, *, year: int) -> Values:
    """Every question answered, exactly ``total`` points. The same arguments give the same answers.

    ``total`` is in points. Raises ``target.Unreachable``.
    """
    rng = Random(f"{place.code} {year} {total}")  # noqa: S311  invented numbers, no secret
    # A district grows by about a percent a year; its sizes are otherwise its own.
    sizes = Sizes(
        people=place.people, kecamatan=region.kecamatan, growth=1.01 ** (year - 2023), seed=place.code
    )
    figures = Figures(
        spec,
        sizes,
        kecamatan=region.kecamatan,
        villages=region.villages,
        largest=region.largest,
        rng=rng,
    )
    parts = figures.parts()
    scale = _scale(parts)
    units = [[int(outcome.points * scale) for outcome in part.outcomes] for part in parts]
    chosen = choose(units, int(total * scale), _levels(spec, parts, rng), rng)
    return assemble((part.outcomes[index].draw() for part, index in zip(parts, chosen, strict=True)), spec)


def _scale(parts: list[Part]) -> int:
    """Units per point: the smallest number that makes all points whole."""
    points = {outcome.points for part in parts for outcome in part.outcomes}
    return math.lcm(100, *(Fraction(value).denominator for value in points))


def _levels(spec: InstrumentSpec, parts: list[Part], rng: Random) -> list[float]:
    """A district is strong in some clusters and indicators and weak in others."""
    of_cluster = {cluster.code: rng.gauss(0, 0.08) for cluster in spec.clusters}
    of_indicator = {indicator.number: rng.gauss(0, 0.12) for indicator in spec.indicators()}
    levels = []
    for part in parts:
        indicator = spec.indicator_of[part.codes[0]]
        cluster = spec.cluster_of[indicator.number]
        levels.append(of_cluster[cluster.code] + of_indicator[indicator.number] + rng.gauss(0, 0.22))
    return levels
