"""Questions asked about regions by more than one part of the portal."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from kla_portal.regions.models import District, Province


def districts_of(province: Province | str) -> QuerySet[District]:
    """The districts of a province (or of the province with this code), in the order of their codes."""
    code = province.code if isinstance(province, Province) else province
    return District.objects.filter(province_id=code).order_by("code")


def find_province(text: str) -> Province:
    """By code (``63``) or by name, however it is capitalised. Raises ``Province.DoesNotExist``."""
    return Province.objects.get(Q(code=text.strip()) | Q(name__iexact=text.strip()))
