"""Addresses of the desk pages; included by evaluations/urls.py."""

from django.urls import URLPattern, URLResolver, path

from evaluations.views import closing, desk

DESK = "evaluasi/<int:pk>/meja/<slug:stage>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(DESK, desk.start, name="desk_start"),
    path(f"{DESK}terima/", desk.accept_all, name="accept_all"),
    path(f"{DESK}<str:code>/", desk.desk, name="desk"),
    path(f"{DESK}<str:code>/simpan/<int:reading>/", desk.save, name="verdict_save"),
    path("evaluasi/<int:pk>/tutup/<slug:stage>/", closing.close_stage, name="close_stage"),
    path("evaluasi/<int:pk>/buka-kembali/<slug:stage>/", closing.reopen, name="reopen"),
    path("evaluasi/<int:pk>/perpanjang/", closing.extend, name="extend"),
]
