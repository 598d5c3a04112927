"""Pages and saves beside the bare view and the bare write, in turn, so that both meet the same machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.urls import reverse

from tests.bench.cast import Cast, Deed, handed_in
from tests.bench.national import PAST
from tests.bench.report import Row, ratio_words
from tests.bench.server import Portal, people

AT_ONCE = 8
Stream = Callable[[int], list[Deed]]


@dataclass
class Measured:
    """Of each round: requests in a second, seconds of the middle and of the slowest twentieth, the client's share."""

    rate: list[float] = field(default_factory=list)
    middle: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)


def quantile(values: list[float], share: float) -> float:
    """The smallest value that ``share`` of all do not pass."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def measure(
    portal: Portal, streams: Mapping[str, Stream], *, rounds: int, seconds: float
) -> dict[str, Measured]:
    """Every kind in each round, ``AT_ONCE`` streams at once without a pause. The first pass only warms."""
    found: dict[str, Measured] = defaultdict(Measured)
    kept = {kind: [stream(place) for place in range(AT_ONCE)] for kind, stream in streams.items()}
    for turn in range(rounds + 1):
        for kind, deeds in kept.items():
            plan = {"way": "closed", "port": portal.port, "for": seconds if turn else 1.0, "streams": deeds}
            told = people(plan)
            done = told["seconds"].get(kind, [])
            if told["faults"] or told["conflicts"] or not done:
                raise RuntimeError(f"{kind}: {told['faults']} {told['conflicts']} {told['refused']}")
            _follow(deeds, told)
            if turn:
                row = found[kind]
                row.rate.append(len(done) / told["wall"])
                row.middle.append(median(done))
                row.p95.append(quantile(done, 0.95))
                row.client.append(told["cpu"] / told["wall"])
    return found


def _follow(streams: list[list[Deed]], told: Mapping[str, Any]) -> None:
    """The versions that the client's saves have reached."""
    reached = {(evaluation, code): version for evaluation, code, version, _ in told["saved"]}
    for deed in (deed for stream in streams for deed in stream if deed["how"] == "save"):
        deed["version"] = reached.get((deed["evaluation"], deed["code"]), deed["version"])


def streams(cast: Cast) -> dict[str, Stream]:
    """Each kind in eight streams of different districts; the desk and the nation have one place."""
    versions, shown = cast.versions(), cast.districts[-1]
    ten, most = cast.indicator_with(10), cast.indicator_with(63)
    province = shown[:2]
    desk_code = "1.1"

    def save(place: int) -> list[Deed]:
        district = cast.filling[place % len(cast.filling)]
        own = versions[cast.evaluations[district].pk]
        return cast.saves(district, "koor", cast.codes_of("koor")[place:160:AT_ONCE], own)

    def fixed(kind: str, who: str, name: str, *arguments: object) -> Stream:
        return lambda place: [cast.get(kind, who, reverse(f"evaluations:{name}", args=arguments))]

    return {
        "read": lambda place: [cast.bare_read(place)],
        "write": lambda place: [cast.bare_write(place)],
        "django read": lambda place: [cast.bare_read(place, "django")],
        "django write": lambda place: [cast.bare_write(place, "django")],
        "save": save,
        "ten": lambda place: [cast.page("ten", place, "indicator", ten)],
        "most": lambda place: [cast.page("most", place, "indicator", most)],
        "coordinator": lambda place: [cast.page("coordinator", place, "overview")],
        "contributor": lambda place: [cast.page("contributor", place, "tasks", who="kesehatan")],
        "province": fixed("province", f"adm.{province}", "districts", cast.edition.code, province),
        "nation": fixed("nation", "adm.pusat", "provinces", cast.edition.code),
        "desk": fixed("desk", f"verif1.{province}", "desk", cast.evaluations[shown].pk, "va", desk_code),
        "ranking": fixed("ranking", "adm.pusat", "ranking", PAST, "nasional"),
    }


def rows(cast: Cast, portal: Portal, *, rounds: int, seconds: float) -> tuple[list[Row], list[str]]:
    shown = cast.districts[-1]
    handed_in(cast, shown, state="submitted")
    try:
        found = measure(portal, streams(cast), rounds=rounds, seconds=seconds)
    finally:
        handed_in(cast, shown, state="filling")
    read, bare = found["read"], found["write"]
    lines = [
        _rate("Saving one answer", found["save"], bare, "bare write", 0.5),
        _rate(f"Indicator {cast.indicator_with(10)}, 10 questions", found["ten"], read, "bare read", 0.25),
        _times(
            f"Indicator {cast.indicator_with(63)}, 63 questions",
            found["most"],
            found["ten"],
            "10 questions",
            4,
        ),
        _slow("Home of a coordinator", found["coordinator"], read, 10),
        _slow("Home of a contributor", found["contributor"], read, 10),
        _slow("Home of a province", found["province"], read, 10),
        _slow("Home of the nation", found["nation"], read, 10),
        _slow("Desk of a verifier", found["desk"], read, 10),
        _slow(f"Ranking of {len(cast.districts)}", found["ranking"], read, 20),
    ]
    share = median(read.client)
    note = (
        f"The client took {share:.0%} of one core while it asked for the bare view "
        f"({median(read.rate):.0f} a second, {share / median(read.rate) * 1000:.2f} ms each)."
    )
    django = (
        f"The bare views with session, person and roles read by Django's ORM: read {median(found['django read'].rate):.0f}/s, "
        f"write {median(found['django write'].rate):.0f}/s. Beside them a save has {_beside(found['save'], found['django write'])}, "
        f"the page of 10 questions {_beside(found['ten'], found['django read'])}."
    )
    return lines, [
        note,
        django,
        f"Medians of {rounds} rounds of {seconds:g} s for each kind in turn; {AT_ONCE} at once.",
    ]


def _beside(ours: Measured, other: Measured) -> str:
    return f"{median(a / b for a, b in zip(ours.rate, other.rate, strict=True)):.2f}"


def _rate(name: str, ours: Measured, other: Measured, of: str, wanted: float) -> Row:
    ratio = median(a / b for a, b in zip(ours.rate, other.rate, strict=True))
    return Row(
        name,
        f"{median(ours.rate):.1f}/s (p95 {median(ours.p95) * 1000:.0f} ms)",
        f"{of} {median(other.rate):.0f}/s",
        ratio_words(ratio),
        f"at least {wanted}",
        ratio >= wanted,
    )


def _times(name: str, ours: Measured, other: Measured, of: str, wanted: float) -> Row:
    ratio = median(b / a for a, b in zip(ours.rate, other.rate, strict=True))
    return Row(
        name,
        f"{median(ours.rate):.1f}/s (p95 {median(ours.p95) * 1000:.0f} ms)",
        f"{of} {median(other.rate):.1f}/s",
        ratio_words(ratio),
        f"under {wanted}",
        ratio < wanted,
    )


def _slow(name: str, ours: Measured, read: Measured, wanted: float) -> Row:
    ratio = median(a / b for a, b in zip(ours.p95, read.middle, strict=True))
    return Row(
        name,
        f"p95 {median(ours.p95) * 1000:.0f} ms",
        f"bare read, median {median(read.middle) * 1000:.1f} ms",
        ratio_words(ratio),
        f"under {wanted}",
        ratio < wanted,
    )
