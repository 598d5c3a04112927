"""Addresses of data dukung; evaluations/urls.py takes them in."""

from django.urls import URLPattern, path

from evaluations.views.evidence import (
    archive,
    bulk,
    concerns,
    documents,
    erasing,
    library,
    notes,
    reuse,
    serving,
    slots,
    uploads,
    viewer,
)

SLOT = "evaluasi/<int:pk>/bukti/<str:code>/<int:slot>"
DOCUMENT = "evaluasi/<int:pk>/data-dukung/<uuid:document>"
FILE = "data-dukung/<uuid:pk>/berkas/<uuid:file>"

urlpatterns: list[URLPattern] = [
    path("evaluasi/<int:pk>/bukti/<str:code>/", slots.evidence_slots, name="evidence_slots"),
    path(f"{SLOT}/unggah/", slots.evidence_upload, name="evidence_upload"),
    path(f"{SLOT}/tautan/", slots.evidence_link, name="evidence_link"),
    path(f"{SLOT}/pilih/", slots.evidence_pick, name="evidence_pick"),
    path(f"{SLOT}/pakai-ulang/", reuse.attach_one, name="evidence_reuse_one"),
    path("evaluasi/<int:pk>/bukti/lepas/<int:link>/", slots.evidence_detach, name="evidence_detach"),
    path("evaluasi/<int:pk>/bukti/catat/<int:link>/", notes.annotate, name="evidence_annotate"),
    path("evaluasi/<int:pk>/bukti/isi/<int:link>/", notes.fill, name="evidence_fill"),
    path("evaluasi/<int:pk>/unggah/", uploads.creation, name="upload_creation"),
    path("evaluasi/<int:pk>/unggah/daftar/", uploads.unfinished, name="uploads_unfinished"),
    path("evaluasi/<int:pk>/unggah/<uuid:upload>/", uploads.one, name="upload"),
    path("evaluasi/<int:pk>/unggah/<uuid:upload>/selesai/", uploads.settle, name="upload_settle"),
    path("evaluasi/<int:pk>/data-dukung/", library.library, name="library"),
    path("evaluasi/<int:pk>/data-dukung/tahun/", library.mark_year, name="evidence_year"),
    path("evaluasi/<int:pk>/data-dukung/isi/", library.describe_many, name="evidence_describe_many"),
    path("evaluasi/<int:pk>/data-dukung/pakai-ulang/", reuse.proposals, name="evidence_reuse"),
    path("evaluasi/<int:pk>/data-dukung/pakai-ulang/pasang/", reuse.attach, name="evidence_reuse_attach"),
    path(f"{DOCUMENT}/", documents.document, name="evidence_document"),
    path(f"{DOCUMENT}/isi/", documents.describe, name="evidence_describe"),
    path(f"{DOCUMENT}/usulan/", documents.adopt, name="evidence_adopt"),
    path(f"{DOCUMENT}/berkas/", documents.add_file, name="evidence_add_file"),
    path(f"{DOCUMENT}/berkas/<uuid:file>/ganti/", documents.revise, name="evidence_revise"),
    path(f"{DOCUMENT}/berkas/<uuid:file>/lepas/", documents.retire_file, name="evidence_retire_file"),
    path(f"{DOCUMENT}/berkas/<uuid:file>/hapus/", erasing.erase, name="evidence_erase"),
    path(f"{DOCUMENT}/tarik/", documents.withdraw, name="evidence_withdraw"),
    path(f"{DOCUMENT}/hapus/", documents.delete, name="evidence_delete"),
    path(f"{DOCUMENT}/pulihkan/", documents.restore, name="evidence_restore"),
    path("evaluasi/<int:pk>/data-dukung/unduh/", archive.evidence_archive, name="evidence_archive"),
    path("evaluasi/<int:pk>/data-dukung.zip", archive.evidence_zip, name="evidence_zip"),
    path("data-dukung/<uuid:pk>/", serving.evidence_download, name="evidence_download"),
    path("data-dukung/<uuid:pk>/berkas/<uuid:file>/", serving.evidence_file, name="evidence_file"),
    path(f"{FILE}/halaman/<int:page>/", viewer.evidence_page, name="evidence_page"),
    path(f"{FILE}/halaman/<int:page>.webp", viewer.evidence_picture, name="evidence_picture"),
    path(f"{FILE}/kecil.webp", viewer.evidence_thumbnail, name="evidence_thumbnail"),
    path("evaluasi/<int:pk>/data-dukung/unggah/", bulk.bulk, name="bulk_upload"),
    path("evaluasi/<int:pk>/data-dukung/unggah/simpan/", bulk.save, name="bulk_save"),
    path("evaluasi/<int:pk>/data-dukung/unggah/<uuid:upload>/periksa/", bulk.look, name="bulk_look"),
    path("evaluasi/<int:pk>/data-dukung/unggah/<uuid:upload>/buang/", bulk.discard, name="bulk_discard"),
    path("evaluasi/<int:pk>/data-dukung/<uuid:document>/peringatan/", concerns.answer, name="concern_answer"),
    path(
        "evaluasi/<int:pk>/data-dukung/<uuid:document>/peringatan/tarik/",
        concerns.take_back,
        name="concern_take_back",
    ),
]
