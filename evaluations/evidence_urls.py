"""Addresses of data dukung; evaluations/urls.py takes them in."""

from django.urls import URLPattern, path

from evaluations.views.evidence import library, serving, slots

SLOT = "evaluasi/<int:pk>/bukti/<str:code>/<int:slot>"

urlpatterns: list[URLPattern] = [
    path("evaluasi/<int:pk>/bukti/<str:code>/", slots.evidence_slots, name="evidence_slots"),
    path(f"{SLOT}/unggah/", slots.evidence_upload, name="evidence_upload"),
    path(f"{SLOT}/tautan/", slots.evidence_link, name="evidence_link"),
    path(f"{SLOT}/pilih/", slots.evidence_pick, name="evidence_pick"),
    path("evaluasi/<int:pk>/bukti/lepas/<int:link>/", slots.evidence_detach, name="evidence_detach"),
    path("evaluasi/<int:pk>/data-dukung/", library.library, name="library"),
    path("evaluasi/<int:pk>/data-dukung/<uuid:document>/judul/", library.rename, name="evidence_rename"),
    path("evaluasi/<int:pk>/data-dukung/<uuid:document>/hapus/", library.delete, name="evidence_delete"),
    path("data-dukung/<uuid:pk>/", serving.evidence_download, name="evidence_download"),
    path("data-dukung/<uuid:pk>/berkas/<uuid:file>/", serving.evidence_file, name="evidence_file"),
]
