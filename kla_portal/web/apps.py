from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kla_portal.web"
    label = "web"
    verbose_name = "Portal"

    def ready(self) -> None:
        from kla_portal.web import checks  # noqa: F401, PLC0415  registers the system checks
