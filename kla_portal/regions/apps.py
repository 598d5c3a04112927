from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "kla_portal.regions"
    label = "regions"
    verbose_name = "Wilayah"
