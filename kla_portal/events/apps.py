from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "kla_portal.events"
    label = "events"
    verbose_name = "Catatan kejadian"
