"""The portal's addresses and, beside them, the bare ones that everything is measured against."""

from django.urls import include, path

from kla_portal import urls as portal
from tests.bench import bare

urlpatterns = [
    *(path(f"bench/{way}/read/", bare.read) for way in ("django", "portal")),
    *(path(f"bench/{way}/write/", bare.write) for way in ("django", "portal")),
    path("", include(portal.urlpatterns)),
]

handler400, handler403 = portal.handler400, portal.handler403
handler404, handler500 = portal.handler404, portal.handler500
