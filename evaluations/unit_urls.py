"""Addresses. Rows of kecamatan and desa/kelurahan."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
