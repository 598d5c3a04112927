"""One settings file, driven by the environment. docs/operations.md lists every variable."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import bootstrap_wrapper
from csp.constants import NONE, SELF

from kla_portal import env, stores

BASE_DIR = env.BASE_DIR
MODE = env.mode()
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
"""Keys of before: what they signed still holds, nothing new is signed with them."""
DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")

if PRODUCTION:
    if not SECRET_KEY:
        env.refuse("SECRET_KEY belum diisi.")
    if DEBUG:
        env.refuse("DEBUG menyala; matikan DEBUG di produksi.")
    if not ALLOWED_HOSTS or any(host in {"*", "."} for host in ALLOWED_HOSTS):
        env.refuse("ALLOWED_HOSTS harus menyebut nama host portal, tanpa '*'.")
else:
    SECRET_KEY = SECRET_KEY or "hanya-untuk-demo-dan-uji-bukan-untuk-produksi"
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]", "testserver"]

DATA_DIR = Path(env.text("KLA_DATA_DIR") or BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "kla_portal.web.static_files.PortalStaticFilesConfig",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_tasks",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "kla_portal.regions",
    "kla_portal.events",
    "kla_portal.accounts",
    "kla_portal.operations",
    "kla_portal.web",
    "indicators",
    "evaluations",
]

ADMIN_SITE = env.flag("ADMIN_SITE")
"""Django's admin site, for a superuser who must look under the bonnet. Nobody's daily work needs it."""
if ADMIN_SITE:
    INSTALLED_APPS.insert(0, "django.contrib.admin")

MIDDLEWARE = [
    "kla_portal.operations.middleware.WatchMiddleware",
    "kla_portal.operations.middleware.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kla_portal.web.middleware.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kla_portal.web.compressing.PagesGZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "kla_portal.web.middleware.NulMiddleware",
    "kla_portal.operations.busy_middleware.LineMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kla_portal.accounts.session_middleware.SessionLimitMiddleware",
    "kla_portal.accounts.middleware.PortalLoginRequiredMiddleware",
    "kla_portal.accounts.middleware.FirstPasswordMiddleware",
    "kla_portal.accounts.second_factor_middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kla_portal.web.middleware.WrongMethodMiddleware",
    "axes.middleware.AxesMiddleware",
    "kla_portal.operations.middleware.MaintenanceMiddleware",
    "kla_portal.operations.busy_middleware.BusyMiddleware",
]

ROOT_URLCONF = "kla_portal.urls"
WSGI_APPLICATION = "kla_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kla_portal.web.context.frame",
            ],
            "builtins": ["kla_portal.web.templatetags.addresses", "kla_portal.web.templatetags.kla"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Database: SQLite on the local disk, or whatever DATABASE_URL names.
DATABASES = {
    "default": env.database(
        "DATABASE_URL",
        f"sqlite:///{DATA_DIR / 'kla.sqlite3'}",
        max_age=env.number("DB_CONN_MAX_AGE", 60),
    )
}
DB_STATEMENT_SECONDS = env.number("DB_STATEMENT_SECONDS", 0)
"""On PostgreSQL: after so long a statement, or a transaction in which nothing happens, is ended. 0: never."""
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue for the lock instead of failing when two meet.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    _limit = " ".join(
        f"-c {name}={DB_STATEMENT_SECONDS}s"
        for name in ("statement_timeout", "idle_in_transaction_session_timeout")
    )
    # A host that has gone must not hold a thread for as long as the kernel would wait.
    DATABASES["default"]["ENGINE"] = "kla_portal.postgresql"
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    } | ({"options": _limit} if DB_STATEMENT_SECONDS else {}) | DATABASES["default"].get("OPTIONS", {})  # fmt: skip
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "kla_portal.accounts.backends.PortalBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "kla_portal.accounts.password_rules.LengthRule"},
    {"NAME": "kla_portal.accounts.password_rules.NotAboutOneself",
     "OPTIONS": {"user_attributes": ("username", "name", "email")}},
    {"NAME": "kla_portal.accounts.password_rules.NotCommon"},
    {"NAME": "kla_portal.accounts.password_rules.NotOnlyNumbers"},
    {"NAME": "kla_portal.accounts.password_rules.NotEasyHere"},
]  # fmt: skip
PASSWORD_RESET_TIMEOUT = 60 * 60
# Wrong passwords count by name and address together: an office shares one address, a name has many. How they are
# counted, and what else is, stands in accounts/lockout.py.
AXES_HANDLER = "kla_portal.accounts.lockout.PortalHandler"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "kla_portal.accounts.lockout.refused_page"
AXES_CLIENT_IP_CALLABLE = "kla_portal.accounts.client_address.client_address"
AXES_DISABLE_ACCESS_LOG = True
SIGN_IN_NAME_LIMIT = 30
"""Wrong passwords for one name in an hour from browsers it does not know, all networks together."""
LINK_NAME_LIMIT, LINK_ADDRESS_LIMIT = 3, 20
"""Links for a new password in an hour: for one name or e-mail address as typed, and from one network."""
AXES_RETENTION_DAYS = env.number("AXES_RETENTION_DAYS", 30)
"""Days in which tries to sign in are kept, with their network."""
SIGN_IN_RETENTION_DAYS = env.number("SIGN_IN_RETENTION_DAYS", 90)
"""Days after its end in which a session's row is kept, with its network."""
MESSAGE_RETENTION_DAYS = env.number("MESSAGE_RETENTION_DAYS", 730)
"""Days in which messages to a person are kept."""
CLOSED_ACCOUNT_DAYS = env.number("CLOSED_ACCOUNT_DAYS", 730)
"""Days after its closing at which an account is proposed for the removal of its data; a person decides."""
PREVIEW_RETENTION_DAYS = env.number("PREVIEW_RETENTION_DAYS", 180)
"""Days in which pictures of a document's pages are kept; they are made again when asked for."""
PRIVACY_CONTACT = env.text("PRIVACY_CONTACT")
"""Whom to ask about personal data, as the page Privasi says it. Empty: the province's administrator."""
PERSONAL_DATA_SECTIONS = [
    "kla_portal.accounts.domain.personal_data.own_sections",
    "evaluations.domain.own_data.own_sections",
]
"""What a person takes along: functions (user) -> sections. Accounts may not import the buildings above it."""
MFA_REQUIRED = env.flag("MFA_REQUIRED", default=PRODUCTION)
"""Whoever verifies or administers (roles.SECOND_FACTOR) needs a second factor. Anybody may use one."""
OTP_TOTP_ISSUER = "Portal KLA"
SESSION_ENGINE = "kla_portal.accounts.sessions"
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", 60)
"""A session that nobody uses for so long is over."""
SESSION_HOURS = env.number("SESSION_HOURS", 12)
"""So long after signing in it is over in any case."""
CONFIRM_MINUTES = env.number("CONFIRM_MINUTES", 15)
"""So long the password counts as just given, for deeds that ask for it once more."""
# Longer than the session itself: who comes back too late is told why, and keeps what they typed.
SESSION_COOKIE_AGE = (SESSION_HOURS + 24) * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kla_portal.web.errors.csrf_failure"

# Language and time. Times are stored in UTC and shown in the province's own zone.
LANGUAGE_CODE = "id"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

# Static files: ours, and the libraries' from their packages.
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
BOOTSTRAP_CSS = Path(bootstrap_wrapper.__file__).resolve().parent.parent / "bootstrap" / "css"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap/css", BOOTSTRAP_CSS)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": DATA_DIR / "tmp"}},
    "staticfiles": {"BACKEND": "kla_portal.web.static_files.PortalStaticFilesStorage"},
}  # fmt: skip
EVIDENCE_ACCEL_PREFIX = env.text("EVIDENCE_ACCEL_PREFIX")
"""With the local disk: nginx sends the files from this internal location (X-Accel-Redirect), not the application."""
try:
    # Not kept under a name of its own: the address holds a secret.
    STORAGES["evidence"] = stores.evidence_store(
        env.text("EVIDENCE_STORAGE"), DATA_DIR / "evidence", group_reads=bool(EVIDENCE_ACCEL_PREFIX)
    )
    STORAGES["reports"] = stores.report_store(env.text("EVIDENCE_STORAGE"), DATA_DIR / "reports")
except stores.StoreAddressError as fault:
    env.refuse(f"EVIDENCE_STORAGE: {fault}.")

OBJECTION_DAYS = env.number("OBJECTION_DAYS", 3)
"""Days after a stage is closed in which its verdicts can be contested."""

# Evidence. Sizes in bytes; the variables count in MB.
EVIDENCE_MAX_BYTES = env.number("EVIDENCE_MAX_MB", 20) * 1_000_000
"""One file."""
EVIDENCE_QUESTION_MAX_BYTES = env.number("EVIDENCE_QUESTION_MAX_MB", 200) * 1_000_000
"""All files that stand at one question."""
EVIDENCE_DISTRICT_MAX_BYTES = env.number("EVIDENCE_DISTRICT_MAX_MB", 10_000) * 1_000_000
"""All files of a district's library, over all editions."""
EVIDENCE_PIECE_BYTES = 512_000
"""What the browser sends at once; a lost connection costs at most this much again."""
UPLOAD_DAYS = env.number("UPLOAD_DAYS", 7)
"""Days after its last piece in which an unfinished upload can go on."""
EVIDENCE_RETENTION_DAYS = env.number("EVIDENCE_RETENTION_DAYS", 30)
"""Days in which a deleted document can be taken back, before it and its files go for good."""
CLAMAV_SOCKET = env.text("CLAMAV_SOCKET")
"""A clamd to ask about every file: a socket's path, or tcp://host:port. Empty: no scanner."""
FILE_UPLOAD_HANDLERS = [
    "evaluations.forms.uploads.StopAtLimit",  # an oversized file ends here, not on the temporary disk
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

WEB_THREADS = env.number("WEB_THREADS", 4)
"""Requests that one process serves at once, as gunicorn is told: operations/busy.py keeps most of them for saves."""

# Work outside the request: at once, or in `manage.py db_worker` processes.
TASKS_IN_WORKER = env.flag("TASKS_IN_WORKER")
if TASKS_IN_WORKER:
    INSTALLED_APPS.append("django_tasks_db")
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if TASKS_IN_WORKER
        else "django_tasks.backends.immediate.ImmediateBackend",
        "QUEUES": ["default", "evidence", "reports"],
    }
}

# Letterhead of the printed reports: {province} is filled in.
REPORT_LETTERHEAD = env.text("REPORT_LETTERHEAD", "Pemerintah Provinsi {province}")
REPORT_AGENCY = env.text("REPORT_AGENCY", "Dinas Pemberdayaan Perempuan dan Perlindungan Anak (DP3A)")
REPORT_ADDRESS = env.text("REPORT_ADDRESS")
REPORT_PLACE = env.text("REPORT_PLACE")
"""Where reports are signed; empty prints a dotted line."""
REPORT_SIGNATORY_TITLE = env.text("REPORT_SIGNATORY_TITLE", "Kepala Dinas")
SIGNING_P12 = env.text("SIGNING_P12")
"""PKCS#12 file with which every numbered PDF is signed. Empty: reports say that they are unsigned."""
SIGNING_PASSWORD = env.text("SIGNING_PASSWORD")
SIGNING_PASSWORD_FILE = env.text("SIGNING_PASSWORD_FILE")
"""Its password, or the file that holds it; the file wins."""

# The public check of a report: tries of one address in so many seconds.
CHECK_LIMIT = env.number("CHECK_LIMIT", 60)
CHECK_SECONDS = 600

# Security
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.flag("BEHIND_PROXY")
PROXY_COUNT = env.number("PROXY_COUNT", 1 if BEHIND_PROXY else 0)
"""Proxies in front of the portal that append to X-Forwarded-For."""
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
if PRODUCTION:
    HTTPS = env.flag("HTTPS", default=True)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
    SECURE_SSL_REDIRECT = HTTPS
    SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
    CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Is it alive, what does it say, what is switched. docs/operations.md: Monitoring, Logs, Maintenance.
READY_FREE_BYTES = env.number("READY_FREE_MB", 500) * 1_000_000
"""Free space of the data folder below which the portal is not ready."""
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_ADDRESSES = env.words("METRICS_ADDRESSES")
"""Who may read the figures: a bearer token, or addresses and networks. Both empty: nobody."""
for _network in METRICS_ADDRESSES:
    try:
        ip_network(_network)
    except ValueError:
        env.refuse(f"METRICS_ADDRESSES: {_network} bukan alamat atau jaringan IP.")
MAINTENANCE_SECONDS = 5
"""For which a process believes what it last read about maintenance."""
LOG_FORMAT = env.text("LOG_FORMAT", "json" if PRODUCTION else "line")
if LOG_FORMAT not in {"json", "line"}:
    env.refuse(f"LOG_FORMAT={LOG_FORMAT} tidak dikenal; pilih json atau line.")
DEFAULT_EXCEPTION_REPORTER_FILTER = "kla_portal.web.fault_reports.FaultReportFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "kla_portal.operations.logs.JsonFormatter"},
        "line": {"()": "kla_portal.operations.logs.LineFormatter"},
    },
    "filters": {"sieve": {"()": "kla_portal.operations.logs.Sieve"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["sieve"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # Django's own handlers would write each error a second time, with the path.
    "loggers": {"django": {"handlers": [], "propagate": True}}
    # 4xx has its access line, which names no path.
    | {"django.request": {"level": "ERROR"}}
    # A line per request and task: for a server, not for somebody who tries the demo in a terminal.
    | ({} if PRODUCTION else {"kla_portal.access": {"level": "WARNING"}})
    | {name: {"level": "ERROR"} for name in ("fontTools", "weasyprint")}
    # It writes typed names; the access line has the address.
    | {"axes": {"level": "ERROR"}}
    | {"django_tasks": {"level": "WARNING"}}
    # They write addresses with signatures when asked for everything.
    | {name: {"level": "INFO"} for name in ("boto3", "botocore", "s3transfer", "urllib3")},
}

# Messages: console by default, files or SMTP by environment.
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_FILE_PATH = env.text("EMAIL_FILE_PATH") or str(DATA_DIR / "mail")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Portal KLA <portal@localhost>")
PORTAL_URL = env.text("PORTAL_URL", "http://127.0.0.1:8000")
"""How e-mails and the QR codes on reports name the portal."""

# Calibration: the share of questions that two people verify, drawn from a published seed.
CALIBRATION_SHARE = env.number("CALIBRATION_SHARE", 5)
CALIBRATION_SEED = env.text("CALIBRATION_SEED", "kla-kalibrasi")
