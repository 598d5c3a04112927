"""Addresses of the calibration pages; included by evaluations/urls.py."""

from django.urls import URLPattern, URLResolver, path

from evaluations.views import calibration

urlpatterns: list[URLPattern | URLResolver] = [
    path("kalibrasi/<slug:code>/<str:place>/", calibration.calibration, name="calibration"),
    path("evaluasi/<int:pk>/risiko/", calibration.risk, name="risk"),
]
