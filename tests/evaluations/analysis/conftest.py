"""A claim of Tabalong with something to share, and documents of which only one may be opened by others."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.utils import timezone

from evaluations.domain import practices
from evaluations.models import EvidenceLink
from tests.evaluations.analysis.stored import STORY, link, sensitive_code
from tests.evaluations.domain.claims import best, fill
from tests.evaluations.papers import documents


@pytest.fixture(autouse=True)
def _empty_cache():
    """Points are kept between requests; ids come again in the next test."""
    cache.clear()


@pytest.fixture
def claim(evaluation, cast, spec):
    """Tabalong with full points at 12.1 and 1.1 and at a question on children; 12.2 falls short."""
    values = best(spec)
    codes = ["12.1", "1.1", sensitive_code(spec)]
    return fill(
        evaluation, {code: values[code] for code in codes} | {"12.2": None}, by=cast.coordinator_tabalong
    )


@pytest.fixture
def share(claim, cast):
    def attempt(code="12.1", story=STORY, with_evidence=False, by=None):
        return practices.share(
            evaluation=claim,
            code=code,
            story=story,
            with_evidence=with_evidence,
            by=by or cast.coordinator_tabalong,
        )

    return attempt


@pytest.fixture
def shelf(claim, cast, share, spec):
    """Five documents of Tabalong beside a practice that shares those at 12.1; only the first may be opened."""
    by = cast.coordinator_tabalong
    titles = ["Boleh", "Pertanyaan lain", "Juga di pertanyaan anak", "Sudah dilepas", "Ditarik"]
    found = dict(zip(titles, documents(claim.district, titles, by=by), strict=True))
    now = timezone.now()
    link(claim, "12.1", found["Boleh"], by)
    link(claim, "12.3", found["Pertanyaan lain"], by)
    link(claim, "12.1", found["Juga di pertanyaan anak"], by)
    EvidenceLink.objects.filter(
        pk=link(claim, sensitive_code(spec), found["Juga di pertanyaan anak"], by).pk
    ).update(removed_at=now, removed_by=by)
    gone = link(claim, "12.1", found["Sudah dilepas"], by)
    EvidenceLink.objects.filter(pk=gone.pk).update(removed_at=now, removed_by=by)
    link(claim, "12.1", found["Ditarik"], by)
    drawn = found["Ditarik"]
    drawn.withdrawn_at, drawn.withdrawn_by, drawn.withdrawn_reason = now, by, "Keliru."
    drawn.save()
    return share(with_evidence=True), found
