from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kla_portal.web"
    label = "web"
    verbose_name = "Portal"
