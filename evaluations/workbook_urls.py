"""Addresses. Questions as a workbook, out and in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from evaluations.views import workbooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("evaluasi/<int:pk>/excel/", workbooks.workbook, name="workbook"),
    path("evaluasi/<int:pk>/excel/unduh/", workbooks.download, name="workbook_download"),
    path("evaluasi/<int:pk>/excel/periksa/", workbooks.preview, name="workbook_preview"),
    path("evaluasi/<int:pk>/excel/terapkan/", workbooks.apply, name="workbook_apply"),
]
