"""One of everything that a district can have, as the tests of strangers have it."""

from tests.architecture.conftest import things

__all__ = ["things"]
