"""Archives that others made: read to the last declared byte, and not one further."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from evaluations.files import archive as zips
from evaluations.files.archive import Allowance, Swollen, must_be_bounded, opened, unpacked


def made(
    members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, level: int | None = None
) -> bytearray:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=level) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return bytearray(out.getvalue())


def read(data: bytes | bytearray, allowance: Allowance | None = None) -> dict[str, bytes]:
    file = io.BytesIO(data)
    allowance = allowance or Allowance()
    with opened(file) as archive:
        must_be_bounded(archive, file)
        return {m.filename: b"".join(unpacked(archive, file, m, allowance)) for m in archive.infolist()}


def contents() -> dict[str, bytes]:
    noise = random.Random(4)
    return {
        "kosong": b"",
        "folder/": b"",
        "satu": b"x",
        "nol": bytes(1_000_000),
        "pola": b"ab" * 333_333,
        "acak": noise.randbytes(200_001),
        "campur": b"".join(noise.randbytes(50) + bytes(noise.randrange(5000)) for _ in range(200)),
        "tepat": bytes(zips.PIECE * 3),
        "é/nama.xml": "é".encode() * 1000,
    }


@pytest.mark.parametrize("level", [0, 1, 6, 9])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_others_wrote_is_read_whole(method, level):
    assert read(made(contents(), method, level)) == contents()


def test_sizes_behind_the_data_are_read_too():
    """As programs write that do not know a member's length when they begin it."""

    class Stream(io.BytesIO):
        def seekable(self):
            return False

        def tell(self):
            raise OSError

    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents().items():
            archive.writestr(name, data)
    data = out.getvalue()
    assert struct.unpack_from("<H", data, 6)[0] & 0x08
    assert read(data) == contents()


def test_members_of_more_than_four_gigabytes_are_declared_elsewhere():
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a", "w", force_zip64=True) as member,
    ):
        member.write(b"isi" * 1000)
    assert struct.unpack_from("<I", out.getvalue(), 22)[0] == 0xFFFFFFFF
    assert read(out.getvalue()) == {"a": b"isi" * 1000}


def place_of(data: bytearray, signature: bytes) -> int:
    return data.index(signature)


CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"


@pytest.mark.parametrize(
    ("signature", "offset", "value"),
    [
        (CENTRAL, 16, zlib.crc32(b"lain")),
        (LOCAL, 22, 5),
        (LOCAL, 18, 5),
        (CENTRAL, 20, 5),
        (CENTRAL, 24, 1_000_001),
    ],
)
def test_a_header_that_lies_is_broken(signature, offset, value):
    data = made({"nol": bytes(1_000_000)})
    assert read(data)
    struct.pack_into("<I", data, place_of(data, signature) + offset, value)
    with pytest.raises(zips.FAULTS):
        read(data)


def test_another_way_of_packing_is_broken():
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        data = made({"nol": bytes(1000)}, method)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.read("nol") == bytes(1000)
        with pytest.raises(zips.FAULTS):
            read(data)


def test_the_first_undeclared_byte_ends_it():
    data = made({"nol": bytes(30_000_000)})
    for signature, offset in ((LOCAL, 14), (CENTRAL, 16)):
        place = place_of(data, signature) + offset
        struct.pack_into("<I", data, place, zlib.crc32(bytes(10)))
        struct.pack_into("<I", data, place + 8, 10)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("nol") == bytes(10), "the library believes it"
    tracemalloc.start()
    with pytest.raises(Swollen):
        read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_the_allowance_is_for_all_members_together():
    data = made({"a": bytes(1000), "b": bytes(1000)})
    assert read(data, Allowance(2000))
    with pytest.raises(Swollen):
        read(data, Allowance(1999))


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_MEMBERS", 1), ("MAX_DIRECTORY", 60), ("MAX_EXPANDED", 1999)]
)
def test_each_bound_holds_before_anything_is_unpacked(name, value, monkeypatch):
    data = made({"a": bytes(1000), "b": bytes(1000)})
    file = io.BytesIO(data)
    with opened(file) as archive:
        must_be_bounded(archive, file)
    monkeypatch.setattr(zips, name, value)
    with pytest.raises(Swollen), opened(file) as archive:
        must_be_bounded(archive, file)


def test_a_ratio_counts_from_a_size_on(monkeypatch):
    data = made({"nol": bytes(1_000_000)})
    assert read(data)
    monkeypatch.setattr(zips, "RATIO_FROM", 999_999)
    with pytest.raises(Swollen):
        read(data)
    assert read(made({"acak": random.Random(1).randbytes(1_000_000)}))


def test_something_before_the_first_member_is_broken():
    """Two archives in one: programs that read from the front and from the back would see different ones."""
    data = made({"a": b"depan"}) + made({"a": b"belakang"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("a") == b"belakang"
    with pytest.raises(zipfile.BadZipFile):
        read(data)


def test_what_is_no_archive_is_broken():
    data = made(contents())
    for broken in (b"", b"PK\x05\x06", bytes(100), data[:-22], data[:-10], data[len(data) // 2 :]):
        with pytest.raises(zips.FAULTS):
            read(broken)


def test_noise_never_raises_anything_else():
    noise = random.Random(7)
    plain = made({"a": bytes(3000), "b": noise.randbytes(500), "c": b"teks " * 90})
    outcomes = set()
    for _ in range(1500):
        data = bytearray(plain)
        for _ in range(noise.randrange(1, 4)):
            data[noise.randrange(len(data))] = noise.randrange(256)
        try:
            read(data)
        except (Swollen, *zips.FAULTS) as fault:
            outcomes.add(type(fault).__name__)
        else:
            outcomes.add("whole")
    assert outcomes >= {"BadZipFile", "whole"}
