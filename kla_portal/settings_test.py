"""Settings for the test suite: the same file, a throw-away data folder, fast password hashing."""

import atexit
import os
import shutil
import tempfile

os.environ["KLA_MODE"] = "test"
os.environ["KLA_DATA_DIR"] = tempfile.mkdtemp(prefix="kla-test-")
os.environ["EVIDENCE_STORAGE"] = ""  # a developer's own store is not for tests
atexit.register(shutil.rmtree, os.environ["KLA_DATA_DIR"], ignore_errors=True)

from kla_portal.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
LOGGING_CONFIG = None
MAINTENANCE_SECONDS = 3600  # tests/conftest.py says before each test that there is none
WEB_THREADS = 400  # the test client closes no answer that is a stream: each would keep its place
