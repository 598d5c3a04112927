"""The environment that `make` needs: .venv from the locks, the libraries behind the PDFs, .env, static files.

Runs under whatever `python3` the host has, with the standard library only, and says plainly what is missing.
What is in place already is left alone, so that a second run takes a moment.
"""

import ctypes
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
LEAST = (3, 11)

# WeasyPrint draws the PDFs with these. Shared library -> Debian's package for it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT_PACKAGE = "fonts-liberation"


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def stop(*lines):
    sys.stderr.write("\n".join(lines) + "\n")
    sys.exit(1)


def run(*command, **options):
    """Run a command in the project folder; its own exit code becomes ours."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False, **options)
    if done.returncode:
        stop(f"This failed with exit code {done.returncode}: {' '.join(str(part) for part in command)}")


def install_packages(packages):
    """With apt when we are root, else not at all. Returns whether it was tried."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    say(f"Installing {' '.join(packages)} ...")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    run("apt-get", "update", "-qq", env=environment)
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, env=environment,
        stdout=subprocess.DEVNULL)  # fmt: skip
    return True


def need_python():
    if sys.version_info < LEAST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        stop(
            f"Python {LEAST[0]}.{LEAST[1]} or newer is needed; {sys.executable} is {found}.",
            "Name another one: make run PYTHON=python3.11",
        )


def has_venv():
    """Debian ships the venv module in a package of its own."""
    return not subprocess.run(
        [sys.executable, "-c", "import ensurepip, venv"], check=False, capture_output=True
    ).returncode


def need_venv():
    if has_venv():
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not install_packages([package]) or not has_venv():
        stop("This Python has no venv module. Install it first:", f"    sudo apt install {package}")


def loads(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_fonts():
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    return any(next(folder.rglob("*.[to]tf"), None) for folder in folders if folder.is_dir())


def missing_packages():
    if sys.platform != "linux":
        return []  # elsewhere the libraries have other names; `manage.py check` tells whether they load
    packages = [package for library, package in LIBRARIES.items() if not loads(library)]
    return packages if has_fonts() else [*packages, FONT_PACKAGE]


def need_libraries():
    missing = missing_packages()
    if not missing:
        return
    if not install_packages(missing) or missing_packages():
        stop(
            "The PDF reports need libraries that this machine does not have. Install them first:",
            f"    sudo apt install {' '.join(missing)}",
        )


def works(python):
    if not python.exists():
        return False
    test = f"import sys, pip; sys.exit(sys.version_info < {LEAST!r})"
    return not subprocess.run([str(python), "-c", test], check=False, capture_output=True).returncode


def make_venv():
    if works(PYTHON):
        return
    say("Creating .venv ...")
    run(sys.executable, "-m", "venv", "--clear", VENV)


def digest(*parts):
    content = hashlib.sha256()
    for part in parts:
        content.update(part if isinstance(part, bytes) else part.encode())
        content.update(b"\0")
    return content.hexdigest()


def done_before(stamp, key):
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == key


def install(which):
    """Install a lock's packages, exactly those, unless they are there."""
    lock, stamp = ROOT / LOCKS[which], VENV / f".installed-{which}"
    key = digest(lock.read_bytes(), str(VENV))
    if done_before(stamp, key):
        return
    say(f"Installing {lock.name} ...")
    begun = time.monotonic()
    # Modules are compiled when first imported: most of them never are, and set-up is a third quicker.
    run(PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile", "--no-deps",
        "--require-hashes", "-r", lock.name)  # fmt: skip
    stamp.write_text(key, encoding="utf-8")
    say(f"Installed in {time.monotonic() - begun:.0f} s.")


def write_env():
    """Demo settings for a folder that has none. Never beside an environment that says production."""
    path = ROOT / ".env"
    if path.exists() or os.environ.get("KLA_MODE", "demo") != "demo":
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(
            "# Settings of this folder; docs/operations.md lists them all. For the demo only: a production\n"
            "# host sets KLA_MODE=production and a SECRET_KEY of its own.\n"
            f"KLA_MODE=demo\nSECRET_KEY={secrets.token_urlsafe(50)}\n"
        )
    say("Wrote .env for the demo mode.")


def collect_static():
    """Gather, hash and compress the static files when one of them changed."""
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    states = [f"{path.relative_to(ROOT)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    packages = (VENV / ".installed-run").read_text(encoding="utf-8")
    stamp, key = ROOT / "staticfiles" / ".collected", digest(packages, *states)
    if done_before(stamp, key):
        return
    # Any mode collects the same files; a half-set production environment must not stop it.
    environment = dict(os.environ, KLA_MODE="test", DATABASE_URL="sqlite://:memory:")
    run(PYTHON, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0", env=environment)
    stamp.write_text(key, encoding="utf-8")


def need_port(text):
    """A free port, before minutes go into a demo that cannot be served."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        stop(f"PORT={text} is not a port number (1 to 65535).")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            reason = error.strerror or str(error)
            stop(
                f"Port {text} cannot be used ({reason}). Choose another: make run PORT={int(text) % 65535 + 1}"
            )


def main(arguments):
    need_python()
    if arguments[:1] == ["port"]:
        need_port(*arguments[1:])
    elif arguments == ["run"]:
        need_venv()
        need_libraries()
        make_venv()
        install("run")
        write_env()
        collect_static()
    elif arguments == ["dev"]:
        install("dev")
    else:
        stop("usage: setup.py run | dev | port NUMBER")


if __name__ == "__main__":
    main(sys.argv[1:])
