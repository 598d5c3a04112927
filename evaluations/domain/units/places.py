"""The places of a district, by the home ministry's list: the denominators of indicators 25 and 26."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from kla_portal.regions.models import Kecamatan, Village


@dataclass(frozen=True)
class Places:
    """Kecamatan in the order of their codes; villages by the code of their kecamatan."""

    kecamatan: tuple[Kecamatan, ...]
    villages: dict[str, tuple[Village, ...]]

    @cached_property
    def village_count(self) -> int:
        return sum(len(rows) for rows in self.villages.values())

    @cached_property
    def unloaded(self) -> tuple[Kecamatan, ...]:
        """Kecamatan whose loaded villages are not as many as the home ministry counts."""
        return tuple(
            k for k in self.kecamatan if len(self.villages[k.code]) != k.desa_count + k.kelurahan_count
        )

    def total(self, level: str) -> int:
        """How many places a question of this level counts; 0 while the villages are not all loaded."""
        if level == "kecamatan":
            return len(self.kecamatan)
        return 0 if self.unloaded else self.village_count

    @cached_property
    def names(self) -> dict[str, str]:
        """Code of every place -> its name as people say it."""
        found = {k.code: f"Kecamatan {k}" for k in self.kecamatan}
        return found | {v.code: village_name(v) for rows in self.villages.values() for v in rows}


def village_name(village: Village) -> str:
    """``Desa Kasiau``, ``Kelurahan Belimbing``."""
    return f"{village.get_kind_display()} {village}"


def places_of(district: str, only: Collection[str] | None = None) -> Places:
    """The places of the district with this code, or of some of its kecamatan. Two queries."""
    kecamatan = Kecamatan.objects.filter(district=district)
    if only is not None:
        kecamatan = kecamatan.filter(code__in=only)
    found = tuple(kecamatan.order_by("code"))
    villages: dict[str, list[Village]] = {k.code: [] for k in found}
    for village in Village.objects.filter(kecamatan__in=[k.code for k in found]).order_by("code"):
        villages[village.kecamatan_id].append(village)
    return Places(found, {code: tuple(rows) for code, rows in villages.items()})
