"""Addresses. Why a number is what it is: lost points, what-if, the calculation to take away."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
