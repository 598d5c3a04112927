"""Addresses. Target, efforts and the cheapest way."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from evaluations.views import planning

urlpatterns: list[URLPattern | URLResolver] = [
    path("evaluasi/<int:pk>/target/", planning.target, name="target"),
    path("evaluasi/<int:pk>/target/tetapkan/", planning.target_set, name="target_set"),
    path("evaluasi/<int:pk>/target/lepas/", planning.target_clear, name="target_clear"),
    path("evaluasi/<int:pk>/usaha/", planning.efforts, name="efforts"),
    path("evaluasi/<int:pk>/usaha/simpan/", planning.efforts_save, name="efforts_save"),
]
