"""Addresses. Why a number is what it is: lost points, what-if, the calculation to take away."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from evaluations.views.explaining import downloads, losses, what_if

urlpatterns: list[URLPattern | URLResolver] = [
    path("evaluasi/<int:pk>/perhitungan.zip", downloads.calculation_of_claim, name="calculation"),
    path("hasil/<int:pk>/perhitungan.zip", downloads.calculation_of_result, name="calculation_of_result"),
    path("evaluasi/<int:pk>/skor/pohon.json", downloads.tree_json, name="tree_json"),
    path("evaluasi/<int:pk>/skor/pohon.xlsx", downloads.tree_workbook, name="tree_xlsx"),
    path("evaluasi/<int:pk>/kehilangan/", losses.losses, name="losses"),
    path("evaluasi/<int:pk>/andaikan/", what_if.what_if, name="what_if"),
]
