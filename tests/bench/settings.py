"""The portal's own settings with two more addresses (bare.py): the same middleware, the same database."""

import os

os.environ.setdefault("KLA_MODE", "production")
os.environ.setdefault("HTTPS", "off")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1")
os.environ.setdefault("SECRET_KEY", "hanya-untuk-mengukur-di-127.0.0.1-bukan-untuk-produksi-sungguhan")
os.environ.setdefault("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from kla_portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
