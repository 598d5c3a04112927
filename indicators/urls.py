"""Addresses of the ruler. Paths are Indonesian, names English."""

from django.urls import URLPattern, path

from indicators.views import managing, reading

app_name = "indicators"

urlpatterns: list[URLPattern] = [
    path("", reading.instrument_list, name="list"),
    path("muat/", managing.import_instrument, name="import"),
    path("<slug:code>/", reading.detail, name="detail"),
    path("<slug:code>/klaster/<str:cluster>/", reading.cluster, name="cluster"),
    path("<slug:code>/terbitkan/", managing.publish_instrument, name="publish"),
    path("<slug:code>/tarik/", managing.retire_instrument, name="retire"),
    path("<slug:code>/unduh/", reading.export, name="export"),
]
