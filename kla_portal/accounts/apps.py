from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "kla_portal.accounts"
    label = "accounts"
    verbose_name = "Akun"
