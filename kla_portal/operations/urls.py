from django.urls import path

from kla_portal.operations import views

app_name = "operations"
urlpatterns = [
    path("hidup/", views.live, name="live"),
    path("siap/", views.ready, name="ready"),
    path("metrik/", views.figures, name="figures"),
]
