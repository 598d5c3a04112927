from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "kla_portal.operations"
    label = "operations"
    verbose_name = "Pengoperasian"
