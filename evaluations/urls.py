"""Addresses of the evaluations. Paths are Indonesian, names English."""

from django.urls import URLPattern, URLResolver, include, path

from evaluations.action_urls import urlpatterns as action_urls
from evaluations.analysis_urls import urlpatterns as analysis_urls
from evaluations.calibration_urls import urlpatterns as calibration_urls
from evaluations.check_urls import urlpatterns as check_urls
from evaluations.desk_urls import urlpatterns as desk_urls
from evaluations.evidence_urls import urlpatterns as evidence_urls
from evaluations.history_urls import urlpatterns as history_urls
from evaluations.message_urls import urlpatterns as message_urls
from evaluations.paper_urls import urlpatterns as paper_urls
from evaluations.planning_urls import urlpatterns as planning_urls
from evaluations.queue_urls import urlpatterns as queue_urls
from evaluations.returns_urls import urlpatterns as returns_urls
from evaluations.unit_urls import urlpatterns as unit_urls
from evaluations.views import (
    area,
    assignments,
    editions,
    filling,
    overview,
    ranking,
    reports,
    results,
    submission,
    tasks,
)
from evaluations.why_urls import urlpatterns as why_urls
from evaluations.workbook_urls import urlpatterns as workbook_urls

app_name = "evaluations"

one_evaluation: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="overview"),
    path("pengisian/", filling.filling, name="filling"),
    path("indikator/<str:number>/", filling.indicator, name="indicator"),
    path("pertanyaan/<str:code>/", filling.question, name="question"),
    path("pertanyaan/<str:code>/petunjuk/", filling.guidance, name="guidance"),
    path("pertanyaan/<str:code>/simpan/", filling.save, name="answer_save"),
    path("tugas/", tasks.tasks, name="tasks"),
    path("pembagian/", assignments.assignments, name="assignments"),
    path("pembagian/ubah/", assignments.assign, name="assign"),
    path("periksa/", submission.check, name="check"),
    path("ajukan/", submission.submit, name="submit"),
    path("skor/", results.score_tree, name="score"),
    path("laporan/", reports.reports, name="reports"),
    path("laporan/konsep.pdf", reports.draft_pdf, name="draft_pdf"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("evaluasi/<int:pk>/", include(one_evaluation)),
    *evidence_urls,
    *queue_urls,
    *desk_urls,
    *returns_urls,
    *history_urls,
    *message_urls,
    *calibration_urls,
    *planning_urls,
    *why_urls,
    *action_urls,
    *workbook_urls,
    *unit_urls,
    *analysis_urls,
    *paper_urls,
    *check_urls,
    path("hasil/<int:pk>/", results.receipt, name="receipt"),
    path("hasil/<int:pk>/tanda-terima.pdf", reports.receipt_pdf, name="receipt_pdf"),
    path("hasil/<int:pk>/laporan.pdf", reports.district_pdf, name="district_pdf"),
    path("wilayah/<slug:code>/", area.provinces, name="provinces"),
    path("wilayah/<slug:code>/<slug:province>/", area.districts, name="districts"),
    path("peringkat/<slug:code>/<slug:place>/", ranking.ranking, name="ranking"),
    path("peringkat/<slug:code>/<slug:place>/unduh/<slug:form>/", ranking.download, name="ranking_download"),
    path("periode/", editions.index, name="editions"),
    path("periode/baru/", editions.create, name="edition_create"),
    path("periode/<slug:code>/", editions.detail, name="edition"),
    path("periode/<slug:code>/jadwal/<slug:stage>/", editions.window, name="edition_window"),
    path("periode/<slug:code>/buka/", editions.open_edition, name="edition_open"),
]
