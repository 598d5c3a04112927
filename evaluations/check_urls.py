"""Addresses. The public check of a report, and open data."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from evaluations.views import checking, opendata

urlpatterns: list[URLPattern | URLResolver] = [
    path("periksa-laporan/", checking.check_reports, name="check_reports"),
    path("periksa-laporan/<str:code>/", checking.check_report, name="check_report"),
    path("data/", opendata.open_data, name="open_data"),
    path("data/<slug:code>/hasil.<slug:form>", opendata.open_file, name="open_file"),
]
