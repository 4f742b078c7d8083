"""Files: sent from a path or an open file, attached, and read byte for byte."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nexa_crm as nexa
from nexa_crm import testing


def founded(crm: nexa.Crm) -> nexa.Session:
    return crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})


def test_a_file_comes_back_byte_for_byte(url: str, tmp_path: Path) -> None:
    bytes_ = os.urandom(700_000)
    (tmp_path / "offer.bin").write_bytes(bytes_)
    with nexa.open(url, migrate=True, files=tmp_path / "files") as crm:
        lisa = founded(crm)
        lead = lisa.lead.create(company="Umbrella")
        upload = lisa.upload(tmp_path / "offer.bin", type="application/pdf")
        assert (upload.name, upload.size, upload.type) == ("offer.bin", 700_000, "application/octet-stream")
        assert upload.sha256 == hashlib.sha256(bytes_).hexdigest()
        file = lisa.attachment.add(upload=upload.id, to=lead)
        assert (file.name, file.declared_type, file.by) == ("offer.bin", "application/pdf", lisa.user_id)
        download = lisa.download(file)
        assert download.headers["Content-Disposition"].startswith("attachment;")
        assert download.headers["X-Content-Type-Options"] == "nosniff"
        assert b"".join(download) == bytes_
        assert lisa.download(file.id, range=(5, 9)).read() == bytes_[5:9]
        assert lisa.download(file).save(tmp_path / "again.bin") == 700_000
        assert (tmp_path / "again.bin").read_bytes() == bytes_
        swept = crm.system(lisa.org, "sweep").sweep_files()
        assert (swept.kept, swept.removed, swept.missing) == (1, 0, [])


def test_an_open_file_is_read_piece_by_piece() -> None:
    crm, _ = testing.open("memory:")
    lisa = founded(crm)

    class Source(io.RawIOBase):
        asked: list[int] = []

        def read(self, size: int = -1) -> bytes:
            self.asked.append(size)
            return b"x" * size if len(self.asked) < 5 else b""

    upload = lisa.upload(Source(), name="x.txt")
    assert upload.size == sum(Source.asked[:4])
    assert max(Source.asked) <= 1 << 20


def test_what_the_file_raises_is_raised_and_nothing_stays() -> None:
    crm, _ = testing.open("memory:")
    lisa = founded(crm)

    class Broken:
        def read(self, size: int) -> bytes:
            raise ZeroDivisionError("the disk is full")

    with pytest.raises(ZeroDivisionError, match="the disk is full"):
        lisa.upload(Broken(), name="x.txt")
    with pytest.raises(nexa.Invalid) as empty:
        lisa.upload(io.BytesIO(), name="x.txt")
    assert empty.value.code == "attachment.empty"
    with pytest.raises(nexa.Invalid) as nameless:
        lisa.upload(io.BytesIO(b"x"))
    assert nameless.value.code == "attachment.name"
    crm.tick(lisa.org)
    assert crm.system(lisa.org, "sweep").sweep_files().kept == 0


def test_without_a_place_it_says_what_to_configure() -> None:
    with nexa.open("memory:") as crm:
        with pytest.raises(nexa.Unavailable) as refused:
            founded(crm).upload(io.BytesIO(b"x"), name="x.txt")
        assert refused.value.code == "blobs.not_configured"


def test_files_are_awaited(tmp_path: Path) -> None:
    async def main() -> None:
        async with await nexa.aio.open("memory:", files="memory:") as crm:
            lisa = await crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
            lead = await lisa.lead.create(company="Umbrella")
            upload = await lisa.upload(io.BytesIO(b"hello" * 100_000), name="hello.txt")
            file = await lisa.attachment.add(upload=upload.id, to=lead)
            download = await lisa.download(file)
            assert b"".join([piece async for piece in download]) == b"hello" * 100_000
            assert await (await lisa.download(file)).save(tmp_path / "hello.txt") == 500_000
            assert (await lisa.sweep_files()).kept == 1

    asyncio.run(main())


# A process of its own, because the system counts the memory of processes.
LARGE = """
import resource, sys, time
import nexa_crm as nexa

BLOCK = bytes(range(256)) * 1024

class Source:
    def __init__(self, size):
        self.at, self.size = 0, size
    def read(self, size):
        piece = BLOCK[: min(size, self.size - self.at)]
        self.at += len(piece)
        return piece

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

folder, size = sys.argv[1], int(sys.argv[2])
with nexa.open(f"sqlite:{folder}/crm.db", migrate=True, files=f"{folder}/files") as crm:
    lisa = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
    lisa.organisation.configure(files={"largest": size})
    lead = lisa.lead.create(company="Umbrella")
    before, began = peak(), time.perf_counter()
    upload = lisa.upload(Source(size), name="large.bin")
    sent = time.perf_counter()
    file = lisa.attachment.add(upload=upload.id, to=lead)
    again = 0
    for piece in lisa.download(file):
        part = BLOCK[again % len(BLOCK) :]
        assert piece == (part + BLOCK * (len(piece) // len(BLOCK) + 1))[: len(piece)], again
        again += len(piece)
    read = time.perf_counter()
assert again == size, again
print(f"{size} bytes: sent in {sent - began:.1f} s, read in {read - sent:.1f} s, with {(peak() - before) // 1024} KiB more memory")
assert peak() - before < 32 * 1024 * 1024, peak() - before
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts memory in another way")
def test_memory_does_not_grow_with_a_file(tmp_path: Path) -> None:
    """``NEXA_FILE_BYTES=1000000000`` has a longer file."""
    size = os.environ.get("NEXA_FILE_BYTES", "150000000")
    done = subprocess.run([sys.executable, "-c", LARGE, tmp_path, size], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
