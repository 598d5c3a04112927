"""Addresses. What a province and the nation learn from many districts, and what districts share with each other."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from evaluations.views import practices
from evaluations.views.analysis import board, compare, movement, nation, questions

AREA = "analisis/<slug:code>/<slug:place>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{AREA}/", board.analysis, name="analysis"),
    path(f"{AREA}/pertanyaan/", questions.questions, name="analysis_questions"),
    path(f"{AREA}/pertanyaan/unduh/<slug:form>/", questions.download, name="analysis_questions_download"),
    path(f"{AREA}/pertanyaan/<str:question>/", questions.question, name="analysis_question"),
    path(f"{AREA}/pelatihan/", questions.training, name="analysis_training"),
    path(f"{AREA}/pergerakan/", movement.movement, name="analysis_movement"),
    path(f"{AREA}/bandingkan/", compare.compare, name="analysis_compare"),
    path(f"{AREA}/provinsi/", nation.nation, name="analysis_nation"),
    path("evaluasi/<int:pk>/praktik/", practices.practices, name="practices"),
    path("evaluasi/<int:pk>/praktik/<int:practice>/tarik/", practices.withdraw, name="practice_withdraw"),
    path("praktik-baik/<slug:code>/", practices.library, name="practice_library"),
    path(
        "praktik-baik/dokumen/<int:practice>/<uuid:document>/<int:number>/",
        practices.shared_document,
        name="practice_document",
    ),
]
