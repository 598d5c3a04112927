"""Which questions' data dukung go into the ZIP: whole clusters, ticked questions, only what was returned."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from indicators.spec import ClusterSpec, InstrumentSpec, QuestionSpec


@dataclass(frozen=True)
class Tick:
    question: QuestionSpec
    links: int
    ticked: bool


@dataclass(frozen=True)
class Group:
    cluster: ClusterSpec
    ticked: bool
    questions: list[Tick]

    @property
    def opened(self) -> bool:
        """Some of its questions are ticked one by one."""
        return any(tick.ticked for tick in self.questions)


class Selection:
    """``klaster``, ``pertanyaan`` (each many times) and ``kembali=1``. Nothing chosen: everything.

    ``counts``: question code -> documents that stand there; ``seen``: codes of the questions that exist for the person;
    ``returned``: codes of the newest return. ``errors`` is a sentence, empty when all is known.
    """

    def __init__(
        self,
        data: QueryDict,
        spec: InstrumentSpec,
        *,
        counts: Mapping[str, int],
        seen: Collection[str],
        returned: Collection[str],
    ) -> None:
        counts = {code: number for code, number in counts.items() if code in seen}
        clusters, codes = set(data.getlist("klaster")), set(data.getlist("pertanyaan"))
        self.returned_only = bool(data.get("kembali"))
        self.has_returned = bool(returned)
        self.groups = [self._group(cluster, clusters, codes, counts) for cluster in spec.clusters]
        self.groups = [group for group in self.groups if group.questions]
        known = clusters <= {cluster.code for cluster in spec.clusters} and codes <= set(seen)
        self.errors = "" if known else "Pilihan ini tidak dikenal. Pilih lagi dari daftar."
        chosen = codes | {t.question.code for g in self.groups if g.ticked for t in g.questions}
        wanted = chosen if clusters | codes else set(counts)
        self.codes = frozenset(wanted & set(returned) if self.returned_only else wanted)

    @staticmethod
    def _group(cluster: ClusterSpec, clusters: set[str], codes: set[str], counts: Mapping[str, int]) -> Any:
        ticks = [
            Tick(question, counts[question.code], question.code in codes)
            for question in cluster.questions()
            if question.code in counts
        ]
        return Group(cluster, cluster.code in clusters, ticks)
