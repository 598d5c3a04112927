from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "kla_portal.operations"
    label = "operations"
    verbose_name = "Pengoperasian"

    def ready(self) -> None:
        from kla_portal.operations import checks, watching  # noqa: F401, PLC0415  registers the system checks

        watching.connect()
