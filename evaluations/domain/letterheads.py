"""Who sends a paper: the district itself, its province, or the ministry."""

from __future__ import annotations

from django.conf import settings

from evaluations.reports.paper import Letterhead
from kla_portal.regions.models import District, Province


def district_letterhead(district: District) -> Letterhead:
    """The district's own papers: its plan, and what it prints before it hands in."""
    return Letterhead(
        f"Pemerintah {district.name}",
        "Gugus Tugas Kabupaten/Kota Layak Anak",
        signatory_title="Ketua Gugus Tugas KLA",
    )


def letterhead(province: Province | None) -> Letterhead:
    """The province's lines from the settings; ``None`` is the whole country."""
    if province is None:
        return Letterhead(
            "Kementerian Pemberdayaan Perempuan dan Perlindungan Anak", signatory_title="Deputi"
        )
    return Letterhead(
        settings.REPORT_LETTERHEAD.format(province=province.name),
        settings.REPORT_AGENCY,
        settings.REPORT_ADDRESS,
        settings.REPORT_SIGNATORY_TITLE,
        settings.REPORT_PLACE,
    )
