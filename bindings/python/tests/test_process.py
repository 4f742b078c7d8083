"""Closing, the end of the interpreter, fork and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import nexa_crm as nexa

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
BEGIN = """
import nexa_crm as nexa, sys, os, threading, time
crm = nexa.open(sys.argv[1], migrate=True)
admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
"""


def run(code: str, url: str, **options: object) -> subprocess.CompletedProcess[str]:
    text = textwrap.dedent(BEGIN) + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", text, url], capture_output=True, text=True, timeout=60)


def test_a_process_ends_without_closing(url: str) -> None:
    done = run("print(admin.lead.create(last_name='A').last_name)", url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "A\n", "")


def test_a_process_ends_while_a_daemon_works(url: str) -> None:
    code = """
    def work():
        while True:
            admin.lead.create(last_name="A")
    for _ in range(4):
        threading.Thread(target=work, daemon=True).start()
    time.sleep(0.3)
    print("end")
    """
    done = run(code, url)
    assert done.returncode == 0 and done.stdout == "end\n", done.stderr


def test_a_process_ends_with_an_open_loop(url: str) -> None:
    code = """
    import asyncio
    async def main():
        crm = await nexa.aio.open("memory:")
        admin = await crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        print(await admin.lead.count())
    asyncio.run(main())
    """
    done = run(code, url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")


@FORKS
def test_a_child_does_not_touch_what_its_parent_opened(url: str) -> None:
    code = """
    child = os.fork()
    if child == 0:
        try:
            admin.lead.count()
        except nexa.Unavailable as refused:
            assert refused.code == "crm.forked", refused
        else:
            os._exit(3)
        crm.close()
        del admin, crm
        with nexa.open("memory:") as own:
            own.create_org("B", admin={"name": "Bob", "email": "bob@example.com"})
        sys.exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    admin.lead.create(last_name="A")
    print(admin.lead.count(), admin.ledger.verify().events > 0)
    """
    done = run(code, url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 True\n", "")


def test_ctrl_c_ends_a_feed_that_follows(url: str) -> None:
    code = """
    print("ready", flush=True)
    try:
        for event in admin.feed(follow=True):
            pass
    except KeyboardInterrupt:
        print("interrupted", admin.lead.count())
    """
    text = textwrap.dedent(BEGIN) + textwrap.dedent(code)
    process = subprocess.Popen([sys.executable, "-c", text, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20)[0] == "interrupted 0\n"
    assert process.returncode == 0


def test_ctrl_c_ends_an_import(url: str) -> None:
    code = """
    def rows():
        for number in range(10_000_000):
            if number == 3_000:
                print("ready", flush=True)
            yield {"last_name": f"L{number}", "email": f"l{number}@example.com"}
    try:
        admin.lead.import_rows(rows())
    except KeyboardInterrupt:
        print("interrupted", admin.lead.count() % 1000)
    """
    text = textwrap.dedent(BEGIN) + textwrap.dedent(code)
    process = subprocess.Popen([sys.executable, "-c", text, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[0] == "interrupted 0\n"


def test_another_process_reads_what_was_closed(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'crm.db'}"
    with nexa.open(url) as crm:
        admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        admin.lead.create(last_name="A")
    crm = nexa.open(url)
    assert crm.session(admin.org, user=admin.user_id).lead.count() == 1
    crm.backup(tmp_path / "copy.db")
    crm.drop_org(admin.org)
    assert not crm.has_org(admin.org)
    crm.close()
    with nexa.open(f"sqlite:{tmp_path / 'copy.db'}") as copy:
        assert copy.has_org(admin.org)


def test_the_package_is_imported_fast() -> None:
    code = "import time; a = time.perf_counter(); import nexa_crm; print(time.perf_counter() - a)"
    took = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(4)
    ]
    # The bound is 0.1 s; a busy machine may take longer, which the benchmark looks at.
    assert min(took) < 0.3
    modules = "import sys, nexa_crm; print([name for name in ('asyncio', 'tqdm', 'pyarrow', 'pytest') if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", modules], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


def test_the_table_of_a_kind_is_read_when_the_kind_is_asked_for() -> None:
    code = """
import builtins, os
read, open_ = [], builtins.open
builtins.open = lambda path, *rest, **named: (read.append(os.path.basename(str(path))), open_(path, *rest, **named))[1]
import nexa_crm
assert not {"lead.json", "common.json"} & set(read), read
with nexa_crm.open("memory:") as crm:
    admin = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
    admin.lead.count(), admin.lead.get, admin.lead.count()
print([name for name in read if name in ("index.json", "lead.json", "deal.json", "ticket.json")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("['index.json', 'lead.json']\n", "")
