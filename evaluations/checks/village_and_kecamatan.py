"""A case in a kecamatan is a case in one of its villages, so the counts of indicators 25 and 26 must agree.

Only questions whose labels say the same thing of both levels are compared: "mempunyai kasus ...", "tidak
mempunyai perkawinan anak", "semua anaknya ...". A Forum Anak of the kecamatan, on the other hand, is a body
of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluations.checks.base import Context, Finding, Severity
from evaluations.checks.denominators import KECAMATAN, VILLAGES, label_of, normalised
from evaluations.checks.pairs import shares

_SAYS = re.compile(r"(kecamatan|desa/kelurahan) yang ((mempunyai kasus|tidak mempunyai|semua) .+)")


def check(context: Context) -> Iterator[Finding]:
    cases: dict[str, dict[str, tuple[str, int]]] = {}
    for label, (code, numerator, denominator) in shares(context).items():
        said = _SAYS.fullmatch(label)
        if said is None or normalised(label_of(context, code)) not in {KECAMATAN, VILLAGES}:
            continue
        # "tidak mempunyai" and "semua" count the places without a case.
        with_case = numerator if said[3] == "mempunyai kasus" else denominator - numerator
        cases.setdefault(said[2], {})[said[1]] = (code, with_case)
    for what, levels in cases.items():
        if len(levels) < 2:
            continue
        (kecamatan_code, kecamatan), (village_code, villages) = levels["kecamatan"], levels["desa/kelurahan"]
        if villages >= kecamatan and (villages == 0) == (kecamatan == 0):
            continue
        yield Finding(
            "village_and_kecamatan",
            Severity.WARNING,
            village_code,
            f"{_sentence(what)}: {villages} desa/kelurahan, tetapi {kecamatan} kecamatan "
            f"(butir {kecamatan_code}). "
            "Setiap kecamatan yang berkasus punya sedikitnya satu desa/kelurahan yang berkasus; "
            "cocokkan kedua angka.",
            context.points[village_code].points + context.points[kecamatan_code].points,
        )


def _sentence(what: str) -> str:
    """What the counted places have in common."""
    if what.startswith("mempunyai kasus "):
        return f"Ada {what.removeprefix('mempunyai ')}"
    if what.startswith("tidak mempunyai "):
        return f"Masih ada {what.removeprefix('tidak mempunyai ')}"
    return f"Belum {what}"
