"""Addresses of the queue pages; included by evaluations/urls.py."""

from django.urls import URLPattern, URLResolver, path

from evaluations.views import queue

urlpatterns: list[URLPattern | URLResolver] = [
    path("verifikasi/alasan/", queue.phrases, name="phrases"),
    path("verifikasi/<slug:code>/<str:place>/", queue.queue, name="queue"),
    path("evaluasi/<int:pk>/verifikator/", queue.verifiers, name="verifiers"),
]
