"""Addresses of the message pages; included by evaluations/urls.py."""

from django.urls import URLPattern, URLResolver, path

from evaluations.views import messages

urlpatterns: list[URLPattern | URLResolver] = [
    path("pesan/", messages.inbox, name="messages"),
    path("pesan/pengaturan/", messages.preferences, name="message_preferences"),
    path("pesan/<int:pk>/", messages.message, name="message"),
]
