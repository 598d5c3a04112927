"""Addresses. Reports people sign, and their previews."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from evaluations.views import papers

urlpatterns: list[URLPattern | URLResolver] = [
    path("hasil/<int:pk>/lhe/", papers.lhe, name="lhe"),
    path("hasil/<int:pk>/lhe.pdf", papers.lhe_pdf, name="lhe_pdf"),
    path("hasil/<int:pk>/rapor/", papers.card, name="card"),
    path("hasil/<int:pk>/rapor.pdf", papers.card_pdf, name="card_pdf"),
    path("evaluasi/<int:pk>/rapor-konsep.pdf", papers.card_draft_pdf, name="card_draft_pdf"),
    path("evaluasi/<int:pk>/daftar-kekurangan.pdf", papers.gaps_pdf, name="gaps_pdf"),
]
