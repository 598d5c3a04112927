"""Addresses of data dukung; evaluations/urls.py takes them in."""

from django.urls import URLPattern, path

from evaluations.views import evidence, library

SLOT = "evaluasi/<int:pk>/bukti/<str:code>/<int:slot>"

urlpatterns: list[URLPattern] = [
    path("evaluasi/<int:pk>/bukti/<str:code>/", evidence.evidence_slots, name="evidence_slots"),
    path(f"{SLOT}/unggah/", evidence.evidence_upload, name="evidence_upload"),
    path(f"{SLOT}/tautan/", evidence.evidence_link, name="evidence_link"),
    path(f"{SLOT}/pilih/", evidence.evidence_pick, name="evidence_pick"),
    path("evaluasi/<int:pk>/bukti/lepas/<int:link>/", evidence.evidence_detach, name="evidence_detach"),
    path("evaluasi/<int:pk>/data-dukung/", library.library, name="library"),
    path("evaluasi/<int:pk>/data-dukung/<uuid:document>/judul/", library.rename, name="evidence_rename"),
    path("evaluasi/<int:pk>/data-dukung/<uuid:document>/hapus/", library.delete, name="evidence_delete"),
    path("data-dukung/<uuid:pk>/", evidence.evidence_download, name="evidence_download"),
]
