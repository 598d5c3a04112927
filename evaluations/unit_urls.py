"""Addresses. Rows of kecamatan and desa/kelurahan."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from evaluations.views.units import books, kecamatan, overview

urlpatterns: list[URLPattern | URLResolver] = [
    path("evaluasi/<int:pk>/kecamatan-desa/", overview.units, name="units"),
    path("evaluasi/<int:pk>/kecamatan-desa/pakai/<str:code>/", overview.take, name="units_take"),
    path("evaluasi/<int:pk>/kecamatan-desa/<str:place>/", kecamatan.kecamatan, name="units_kecamatan"),
    path("evaluasi/<int:pk>/kecamatan-desa/<str:place>/buku-kerja/", books.book, name="units_book"),
    path(
        "evaluasi/<int:pk>/kecamatan-desa/<str:place>/buku-kerja.xlsx",
        books.book_file,
        name="units_book_file",
    ),
]
