"""Where every address begins. The only place that looks up."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from kla_portal.accounts.views import personal_data
from kla_portal.web import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("privasi/", personal_data.privacy, name="privacy"),
    path("akun/", include("kla_portal.accounts.urls")),
    path("kesehatan/", include("kla_portal.operations.urls")),
    path("instrumen/", include("indicators.urls")),
    path("", include("evaluations.urls")),
]

if settings.ADMIN_SITE:
    from django.contrib import admin

    urlpatterns.insert(0, path("admin-situs/", admin.site.urls))

handler400 = "kla_portal.web.errors.bad_request"
handler403 = "kla_portal.web.errors.refused"
handler404 = "kla_portal.web.errors.not_found"
handler500 = "kla_portal.web.errors.server_error"
