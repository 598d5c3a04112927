"""A real nginx on loopback with the files of deploy/nginx, and somebody who asks it."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.browser.portal import free_port
from tests.deploy.files import DEPLOY

NAME = "kla.example.go.id"
SECONDS = 20
HTTP = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    include {folder}/{site};
}}
"""


def certificate(folder: Path) -> None:
    """A self-made one for ``NAME`` and the name of the store."""
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},DNS:bukti.{NAME}"),
            *("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )


class Nginx:
    """``portals``: the ports of the portal's processes. ``evidence``: what the internal location sends."""

    def __init__(self, folder: Path, portals: Sequence[int], evidence: Path, site: str = "site.conf") -> None:
        self.folder, self.site = folder, site
        self.plain, self.secure = free_port(), free_port()
        folder.mkdir(parents=True, exist_ok=True)
        certificate(folder)
        shutil.copytree(DEPLOY / "nginx", folder / "kla")
        for path in (folder / "kla").glob("*.conf"):
            path.write_text(
                self._moved(path.read_text(encoding="utf-8"), portals, evidence), encoding="utf-8"
            )
        user = "user root;" if Path("/proc/self").stat().st_uid == 0 else ""
        config = HTTP.format(folder=folder, site=f"kla/{site}", user=user)
        (folder / "nginx.conf").write_text(config, encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def _moved(self, text: str, portals: Sequence[int], evidence: Path) -> str:
        """The same, with this folder's paths and ports on loopback."""
        servers = "".join(f"    server 127.0.0.1:{port} max_fails=3 fail_timeout=5s;\n" for port in portals)
        text = re.sub(r"(?:    server (?:127\.0\.0\.1|web-\d):8000 .*\n)+", servers, text)
        text = re.sub(r" *listen \[::\].*\n", "", text)
        text = text.replace("http://store:7070", "http://127.0.0.1:9")
        for old, new in (
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("listen 443 ", f"listen 127.0.0.1:{self.secure} "),
            (f"/etc/letsencrypt/live/{NAME}/", f"{self.folder}/"),
            ("/etc/nginx/tls/", f"{self.folder}/"),
            ("/etc/nginx/kla/", f"{self.folder}/kla/"),
            ("/var/cache/nginx/kla", f"{self.folder}/cache"),
            ("/var/lib/kla/evidence/", f"{evidence}/"),
            ("/var/log/nginx/kla.log", f"{self.folder}/kla.log"),
            ("/dev/stdout", f"{self.folder}/kla.log"),
        ):
            text = text.replace(old, new)
        return text

    def _command(self, *more: str) -> list[str]:
        found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "nginx"
        return [found, "-e", str(self.folder / "error.log"), "-c", str(self.folder / "nginx.conf"), *more]

    def test(self) -> subprocess.CompletedProcess[str]:
        """``nginx -t``."""
        return subprocess.run(self._command("-t"), capture_output=True, text=True, check=False)

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(self._command(), stderr=subprocess.DEVNULL)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.secure), 1):
                    return self
            except OSError:
                time.sleep(0.02)
        self.__exit__()
        raise RuntimeError((self.folder / "error.log").read_text(encoding="utf-8"))

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(SECONDS)

    def line(self, *, name: str = NAME, client: str = "127.0.0.1") -> ssl.SSLSocket:
        """An open line to it, as somebody at ``client`` who asks for ``name``."""
        trust = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        raw = socket.create_connection(("127.0.0.1", self.secure), SECONDS, source_address=(client, 0))
        return trust.wrap_socket(raw, server_hostname=name)

    def log(self, awaited: str) -> str:
        """All of it, once the awaited word is there: a line is written after its answer."""
        until = time.monotonic() + SECONDS
        while awaited not in (text := (self.folder / "kla.log").read_text(encoding="utf-8")):
            assert time.monotonic() < until, text
            time.sleep(0.02)
        return text


class Answer:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()
        self.text = "" if self.headers.get("Content-Encoding") else self.body.decode(errors="replace")


class Person:
    """Somebody with a browser at the address ``client``: keeps cookies, sends what a form sends."""

    def __init__(self, nginx: Nginx, client: str = "127.0.0.1") -> None:
        self.nginx, self.client, self.cookies = nginx, client, {}

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """``headers``: names with ``_`` for ``-``."""
        line = http.client.HTTPConnection(NAME, timeout=SECONDS)
        line.sock = self.nginx.line(client=self.client)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line.request(method, path, body, {"Cookie": cookies, "Referer": f"https://{NAME}/", **given})
        answer = Answer(line.getresponse())
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        line.close()
        return answer

    def send(self, path: str, **fields: str) -> Answer:
        from urllib.parse import urlencode

        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask(path).text)
        data = urlencode({"csrfmiddlewaretoken": token[1] if token else "", **fields}).encode()
        return self.ask(path, "POST", data, Content_Type="application/x-www-form-urlencoded")

    def may_send(self, path: str, size: int, method: str = "POST") -> int:
        """What is said before a body of that size is sent: 100 go on, 413 too large."""
        with self.nginx.line(client=self.client) as line:
            head = f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {size}\r\n"
            line.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            return int(line.recv(200).split()[1])
