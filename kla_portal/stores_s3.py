"""The S3 backend of the evidence storage: private, never overwriting, light on memory. Needs the extra ``s3``."""

from __future__ import annotations

from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.client import Config
from storages.backends.s3 import S3Storage

from kla_portal.stores import SIGNED_SECONDS

IN_MEMORY = 1_000_000
"""Bytes of an opened file that are kept in memory; the rest goes to the temporary folder."""


class EvidenceS3(S3Storage):
    """Options come from ``EVIDENCE_STORAGE`` alone, not from AWS variables of the host."""

    def get_default_settings(self) -> dict[str, Any]:
        own = {
            "security_token": None,
            "session_profile": None,
            "location": "",
            "custom_domain": None,
            "default_acl": None,
            "file_overwrite": False,
            "gzip": False,
            "object_parameters": {},
            "querystring_auth": True,
            "querystring_expire": SIGNED_SECONDS,
            "max_memory_size": IN_MEMORY,
            # No threads: one request uses one connection and one part's memory.
            "transfer_config": TransferConfig(use_threads=False),
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 2},
                # Checksums in trailers are Amazon's own; many other stores refuse them. We compare sha256 ourselves.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        }
        defaults: dict[str, Any] = super().get_default_settings()
        return defaults | own
