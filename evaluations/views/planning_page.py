"""What the target page shows of a plan: the modes in words, steps and blocked points with their question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict

from evaluations.models import Need
from evaluations.scoring.planner import Alternative, Blocked, Mode, Outcome, OutOfReach, Plan
from indicators.spec import ClusterSpec, InstrumentSpec, QuestionSpec
from kla_portal.accounts.models import Agency

BLOCKED_SHOWN = 20
FEW = 15
"""Steps that are read at a glance; more of them are folded by cluster."""

MODES: dict[str, tuple[str, str]] = {
    Mode.LEAST_EFFORT: (
        "Usaha terkecil",
        "tidak ada susunan lain yang mencapai target dengan usaha lebih kecil; di antara yang sama usahanya dipilih "
        "yang pertanyaannya paling sedikit",
    ),
    Mode.FEWEST_QUESTIONS: (
        "Pertanyaan tersedikit",
        "tidak ada susunan lain yang mencapai target dengan pertanyaan lebih sedikit; di antara yang sama banyak "
        "dipilih yang usahanya paling kecil",
    ),
    Mode.OWN_AGENCY: (
        "Satu perangkat daerah",
        "di antara pertanyaan perangkat daerah ini tidak ada susunan lain dengan usaha lebih kecil",
    ),
    Mode.NO_REGULATION: (
        "Tanpa produk hukum",
        "di antara yang tidak memerlukan produk hukum tidak ada susunan lain dengan usaha lebih kecil",
    ),
    Mode.SAFE_FIRST: (
        "Amankan dahulu",
        "dari nilai aman tidak ada susunan lain dengan pekerjaan baru yang lebih kecil; dokumen dari yang sudah "
        "diklaim didahulukan",
    ),
}
"""Name of the tab, and why the plan is minimal."""

WHY_BLOCKED = {
    "impossible": "ditandai tidak mungkin sebelum batas waktu",
    "regulation": "perlu produk hukum",
    "numbers": "tidak ada jawaban dengan poin lebih tinggi dari angka yang diisi",
}


@dataclass(frozen=True)
class Choice:
    mode: Mode
    agency: Agency | None

    @property
    def reason(self) -> str:
        return MODES[self.mode][1]


@dataclass(frozen=True)
class StepRow:
    step: Alternative
    question: QuestionSpec
    agency: Agency | None

    @property
    def need(self) -> str:
        return str(Need(self.step.need).label) if self.step.need else ""


@dataclass(frozen=True)
class Group:
    """The steps in one cluster."""

    cluster: ClusterSpec
    rows: list[StepRow]

    @property
    def gain(self) -> Decimal:
        return sum((row.step.gain for row in self.rows), Decimal(0))


@dataclass(frozen=True)
class BlockedRow:
    blocked: Blocked
    question: QuestionSpec
    agency: Agency | None

    @property
    def why(self) -> str:
        return WHY_BLOCKED[self.blocked.why]


def chosen(data: QueryDict, agencies: Mapping[str, Agency]) -> Choice:
    """The way asked for; least effort where none, or an unknown one, is named."""
    mode, wanted = data.get("cara", ""), data.get("perangkat", "")
    agency = next((agency for agency in agencies.values() if str(agency.pk) == wanted), None)
    return Choice(Mode(mode) if mode in MODES else Mode.LEAST_EFFORT, agency)


def shown(spec: InstrumentSpec, outcome: Outcome | None, agencies: Mapping[str, Agency]) -> list[StepRow]:
    steps = outcome.steps if isinstance(outcome, Plan) else ()
    return [StepRow(step, spec.by_code[step.code], agencies.get(step.code)) for step in steps]


def by_cluster(spec: InstrumentSpec, rows: list[StepRow]) -> list[Group]:
    """Clusters in the instrument's order, those without a step left out."""
    steps: dict[str, list[StepRow]] = {}
    for row in rows:
        cluster = spec.cluster_of[spec.indicator_of[row.step.code].number]
        steps.setdefault(cluster.code, []).append(row)
    return [Group(cluster, steps[cluster.code]) for cluster in spec.clusters if cluster.code in steps]


def blocked_rows(
    spec: InstrumentSpec, outcome: Outcome | None, agencies: Mapping[str, Agency]
) -> list[BlockedRow]:
    """The heaviest first. For one agency without the others' questions: nobody there can do anything about them."""
    rows = outcome.blocked if isinstance(outcome, OutOfReach) else ()
    return [
        BlockedRow(row, spec.by_code[row.code], agencies.get(row.code)) for row in rows if row.why != "agency"
    ]
