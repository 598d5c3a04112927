"""No log line, at any level of any logger, holds a password, a key, a token or a signed address; nor does an error page."""

from __future__ import annotations

import logging
import re
import sys
import uuid
from io import BytesIO

import pytest
from django.conf import settings as portal
from django.core import mail
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from evaluations.domain.evidence import store
from evaluations.reports import signing
from kla_portal import clock
from kla_portal.accounts.domain import reset_password
from kla_portal.stores import StoreAddressError, evidence_store, s3_options
from tests.cast import PASSWORD, enter
from tests.evaluations.evidence import corpus
from tests.evaluations.sealing.certificate import PASSWORD as P12_PASSWORD
from tests.evaluations.sealing.certificate import make_p12

LOGIN = "/akun/masuk/"
WRONG = "salah-sekali-Kunci9"
S3_SECRET = "rahasia-toko-s3-uji"


@pytest.fixture
def heard():
    """Everything that any logger says, as text with its traceback, its arguments and what was hung onto the record."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            formatted = logging.Formatter("%(name)s %(message)s").format(record)
            hung = {
                name: value for name, value in vars(record).items() if name not in {"request", "exc_info"}
            }
            lines.append(f"{formatted} {hung!r}")

    ear, root = Ear(level=logging.DEBUG), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in [None, *logging.root.manager.loggerDict]}
    for name in levels:
        # The settings hold back the libraries that write signed addresses at DEBUG; that is part of what is tested.
        if name is None or not name.startswith(QUIET):
            logging.getLogger(name).setLevel(logging.DEBUG)
    for name in QUIET:
        levels.setdefault(name, logging.getLogger(name).level)
        logging.getLogger(name).setLevel(portal.LOGGING["loggers"][name]["level"])
    root.addHandler(ear)
    yield lines
    root.removeHandler(ear)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


QUIET = ("boto3", "botocore", "s3transfer", "urllib3")


def silent(lines, *secrets) -> None:
    assert lines, "nothing was logged at all: the ear does not hear"
    text = "\n".join(lines)
    found = [secret[:4] for secret in (*secrets, portal.SECRET_KEY) if secret and secret in text]
    assert found == []


def test_signing_in_and_failing_to(cast, heard):
    user = cast.coordinator_tabalong
    client = Client(enforce_csrf_checks=True)
    token = _token(client.get(LOGIN))
    logging.getLogger("uji").info("begin")
    for password in (WRONG, PASSWORD):
        fields = {"username": user.username, "password": password, "csrfmiddlewaretoken": token}
        answer = client.post(LOGIN, fields)
    assert answer.status_code == 302
    cookies = [client.cookies[name].value for name in ("sessionid", "csrftoken")]
    client.get("/")
    client.get("/tidak/ada/", headers={"Authorization": f"Bearer {WRONG}"})
    client.post("/akun/kata-sandi/", {"old_password": PASSWORD, "new_password1": WRONG, "new_password2": "x"})
    silent(heard, PASSWORD, WRONG, token, *cookies)


def _token(answer) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode())[1]


def test_without_the_token_or_with_anothers(cast, heard):
    client = Client(enforce_csrf_checks=True)
    client.get(LOGIN)
    answer = client.post(LOGIN, {"username": "a", "password": WRONG, "csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert WRONG not in answer.content.decode()
    silent(heard, WRONG, client.cookies["csrftoken"].value, "x" * 64)


def test_resets_by_an_administrator_and_by_mail(cast, heard):
    logging.getLogger("uji").info("begin")
    user = cast.coordinator_tabalong
    user.email = "koor@contoh.go.id"
    user.save()
    fresh = reset_password(account=user, by=cast.admin_kalsel).one_time_password
    links: list[tuple[str, str]] = []
    client = Client()
    answer = client.post(
        reverse("accounts:reset"), {"username": user.username, "email": user.email, "who": user.username}
    )
    assert answer.status_code in {200, 302}
    for sent in mail.outbox:
        links += re.findall(r"/lupa/([^/\s]+)/([^/\s]{10,})/", sent.body)
    page = client.get(f"/akun/lupa/MQ/{'a' * 39}/")
    assert page.status_code in {200, 302, 400, 404}
    assert links
    for link in links:
        client.get(f"/akun/lupa/{link[0]}/{link[1]}/")
    silent(heard, fresh, *(token for _, token in links))


def test_the_store_says_neither_its_secret_nor_a_signed_address(settings, heard, cast, evaluation):
    pytest.importorskip("storages", reason="django-storages is not installed (requirements-extras.lock)")
    server = pytest.importorskip("moto.server", reason="moto is not installed (requirements-dev.lock)")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    try:
        host, port = running.get_host_and_port()
        address = f"s3://KUNCI:{S3_SECRET}@{host}:{port}/bukti-{uuid.uuid4().hex[:8]}?secure=0"
        settings.STORAGES = settings.STORAGES | {"evidence": evidence_store(address, None)}
        storage = store.storage()
        storage.connection.meta.client.create_bucket(Bucket=storage.bucket_name)
        name = storage.save("evidence/uji.pdf", BytesIO(corpus.pdf()))
        signed = storage.url(name)
        signature = re.search(r"X-Amz-Signature=([0-9a-f]+)", signed)[1]
        with pytest.raises(FileNotFoundError):
            store.fetch("evidence/tidak-ada.pdf")
    finally:
        running.stop()
    logging.getLogger("uji").info("end")
    silent(heard, S3_SECRET, signature, signed)


@pytest.mark.parametrize(
    "address",
    ["s3://KUNCI:{}@host", "http://KUNCI:{}@host/wadah", "s3://KUNCI:{}@host:x/wadah", "s3://:{}@h/w?a=b"],
)
def test_an_address_that_cannot_be_read_is_not_repeated(address):
    with pytest.raises(StoreAddressError) as refused:
        s3_options(address.format(S3_SECRET))
    assert S3_SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def test_the_password_of_the_signature(settings, heard, tmp_path):
    pytest.importorskip("pyhanko", reason="pyHanko is not installed (requirements-extras.lock)")
    settings.SIGNING_P12 = str(make_p12(tmp_path / "uji.p12"))
    logging.getLogger("uji").info("begin")
    for password in (P12_PASSWORD, WRONG):
        settings.SIGNING_PASSWORD = password
        try:
            signing.sign(corpus.pdf(), at=clock.now(), reason="Uji")
        except Exception as fault:
            assert password not in str(fault)
    silent(heard, P12_PASSWORD, WRONG)


@override_settings(DEBUG=False, ADMINS=[("Pengelola", "pengelola@contoh.go.id")])
def test_a_crash_tells_the_visitor_nothing_and_the_log_no_secret(cast, heard, monkeypatch):
    """A fault while a password is on its way: the page is ours, the log has the fault and not the fields."""
    token = "kode-pemulihan-12345"

    def crash(*args, **more):
        password = WRONG  # a local variable that a careless report would print
        raise RuntimeError(f"basis data internal {len(password)}")

    monkeypatch.setattr("kla_portal.accounts.views.sign_in.change_own_email", crash)
    client = enter(Client(raise_request_exception=False), cast.coordinator_tabalong)
    session = client.cookies["sessionid"].value
    answer = client.post("/akun/profil/", {"email": "a@b.id", "password": WRONG, "token": token, "save": "1"})
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Traceback" not in page
    assert "RuntimeError" not in page
    assert "basis data internal" not in page
    assert portal.SECRET_KEY not in page
    assert any("basis data internal" in line for line in heard)
    silent(heard, WRONG, token, session)
    for sent in mail.outbox:
        assert WRONG not in sent.body


@override_settings(DEBUG=False)
@pytest.mark.parametrize("path", ["/tidak/ada/", "/evaluasi/999999999/", "/.env", "/admin/", "/akun/daftar/"])
def test_error_pages_show_no_inside(cast, path):
    page = enter(Client(raise_request_exception=False), cast.stranger).get(path).content.decode()
    inside = (
        "Traceback",
        "urlpatterns",
        "settings",
        "django.",
        "kla_portal.",
        "evaluations.",
        str(portal.BASE_DIR),
        sys.version.split()[0],
    )
    assert [word for word in inside if word in page.replace("django_language", "")] == []
