"""The portal's addresses and, beside them, the two bare ones that everything is measured against."""

from django.urls import include, path

from kla_portal import urls as portal
from tests.bench import bare

urlpatterns = [
    path("bench/read/", bare.read),
    path("bench/write/", bare.write),
    path("", include(portal.urlpatterns)),
]

handler400, handler403 = portal.handler400, portal.handler403
handler404, handler500 = portal.handler404, portal.handler500
