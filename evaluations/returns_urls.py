"""Addresses of the returns and objections; included by evaluations/urls.py."""

from django.urls import URLPattern, URLResolver, path

from evaluations.views import objections, returns

ONE = "evaluasi/<int:pk>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{ONE}/kembalikan/<slug:stage>/", returns.send_back, name="send_back"),
    path(f"{ONE}/kekurangan/", returns.shortfall, name="shortfall"),
    path(f"{ONE}/kekurangan/ajukan/", returns.resubmit, name="resubmit"),
    path(f"{ONE}/kekurangan/<int:sequence>/daftar.pdf", returns.shortfall_pdf, name="shortfall_pdf"),
    path(f"{ONE}/perubahan/<int:sequence>/", returns.changes, name="changes"),
    path(f"{ONE}/perubahan/<int:sequence>/ambil/", returns.take_back, name="take_back"),
    path(f"{ONE}/sanggah/<slug:stage>/", objections.objections, name="objections"),
    path(f"{ONE}/sanggah/<slug:stage>/<str:code>/ajukan/", objections.file, name="objection_file"),
    path(f"{ONE}/sanggah/<int:objection>/putus/", objections.decide, name="objection_decide"),
]
