"""Addresses of the history pages; included by evaluations/urls.py."""

from django.urls import URLPattern, URLResolver, path

from evaluations.views import editions, events_page, history, public, stages

urlpatterns: list[URLPattern | URLResolver] = [
    path("evaluasi/<int:pk>/tahap/", stages.stages, name="stages"),
    path("evaluasi/<int:pk>/tahap/unduh/<slug:form>/", stages.download, name="stages_download"),
    path("evaluasi/<int:pk>/keadaan/", history.as_of, name="as_of"),
    path("catatan/", events_page.events, name="events"),
    path("catatan/unduh/", events_page.events_csv, name="events_csv"),
    path("periode/<slug:code>/umumkan/", editions.publish, name="edition_publish"),
    # Not below hasil/: a year would be taken for the number of a stored result.
    path("pengumuman/<slug:code>/", public.results, name="public_results"),
]
