"""gunicorn's settings for production: ``gunicorn -c deploy/gunicorn.conf.py kla_portal.wsgi``. Its variables: WEB_*."""

import os
import socket
import struct
from pathlib import Path
from typing import Any

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "3"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
# One line for all workers, in the kernel: whoever has a thread free takes the next. A worker that accepted more, or
# kept connections, would have people wait behind it while its neighbour stands idle.
worker_connections = threads
keepalive = 0
backlog = 2048
timeout = 60
graceful_timeout = 30
accesslog = None  # the portal writes its own line per request, with the request's id
loglevel = "warning"
forwarded_allow_ips = "127.0.0.1"
control_socket_disable = True  # it would be written into the home folder
# The sign of life of each worker, in memory: a slow disk must not look like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def post_worker_init(worker: Any) -> None:
    """The portal turns people back by the length of the line, which only the server knows."""
    from kla_portal.operations.busy import count_line  # noqa: PLC0415 - Django is set up only now

    count_line(lambda: sum(in_line(listener) for listener in worker.sockets) // workers)


def in_line(listener: Any) -> int:
    """How many connections wait to be let in: ``tcpi_unacked`` of a listening socket; 0 where the kernel tells none."""
    try:
        told = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
        return int(struct.unpack_from("=I", told, 24)[0])
    except (AttributeError, OSError, struct.error):
        return 0


def child_exit(server: Any, worker: Any) -> None:
    """The figures of a worker that has ended count on; its gauges do not."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess  # noqa: PLC0415 - not without the folder

        multiprocess.mark_process_dead(worker.pid)
