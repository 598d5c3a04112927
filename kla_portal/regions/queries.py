"""Questions asked about regions by more than one part of the portal."""

from __future__ import annotations

from django.db.models import Q

from kla_portal.regions.models import Province


def find_province(text: str) -> Province:
    """By code (``63``) or by name, however it is capitalised. Raises ``Province.DoesNotExist``."""
    return Province.objects.get(Q(code=text.strip()) | Q(name__iexact=text.strip()))
