"""The host's own `sqlite3` on the file that Nexa has open: nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import nexa_crm as nexa

TIMES = 10
ENDS = {"closed": "crm.close()", "left": "os._exit(0)", "killed": "os.kill(os.getpid(), signal.SIGKILL)"}
LOOKS = {
    "sqlite3": "c = sqlite3.connect(path); c.execute('select count(*) from nexa_tickets').fetchone(); c.close()",
    "read_only": "c = sqlite3.connect(f'file:{path}?mode=ro', uri=True); c.execute('select count(*) from nexa_users').fetchone(); c.close()",
    "a copy": "[open(path + end, 'rb').read() for end in ('', '-wal', '-shm') if os.path.exists(path + end)]",
}
BEGIN = """
import nexa_crm as nexa, os, signal, sqlite3, sys, threading
path, org, user = sys.argv[1:4]
crm = nexa.open("sqlite:" + path)
s = crm.session(org, user=user)
made = 0
"""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="locks of the description of an open file are used on Linux")
pytestmark = LINUX


def founded(path: Path) -> tuple[str, str]:
    with nexa.open(f"sqlite:{path}") as crm:
        admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        return str(admin.org), str(admin.user_id)


def started(code: str, path: Path, who: tuple[str, str], *more: str) -> subprocess.Popen[str]:
    text = textwrap.dedent(BEGIN) + textwrap.dedent(code)
    arguments = [sys.executable, "-c", text, str(path), *who, *more]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def acknowledged(process: subprocess.Popen[str]) -> int:
    out, problems = process.communicate(timeout=120)
    assert process.returncode in (0, -signal.SIGKILL), problems
    assert problems == ""
    return sum(int(line.removeprefix("made ")) for line in out.splitlines() if line.startswith("made "))


def whole(path: Path, who: tuple[str, str], tickets: int) -> None:
    """The file has so many tickets, a ledger that fits, and no damage."""
    with nexa.open(f"sqlite:{path}") as crm:
        assert crm.session(who[0], user=who[1]).ticket.count() == tickets
        crm.system(who[0], "test").ledger.verify()
    file = sqlite3.connect(path)
    assert file.execute("pragma integrity_check").fetchall() == [("ok",)]
    file.close()


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("look", LOOKS)
def test_a_look_of_the_host_costs_nothing_that_was_acknowledged(tmp_path: Path, look: str, end: str) -> None:
    for turn in range(TIMES):
        path = tmp_path / f"{turn}.db"
        who = founded(path)
        code = f"""
        s.ticket.create(subject="before"); made += 1
        {LOOKS[look]}
        for i in range(20):
            s.ticket.create(subject=f"after {{i}}"); made += 1
            if i % 5 == 0:
                {LOOKS[look]}
        assert s.ticket.count() == made
        print("made", made, flush=True)
        {ENDS[end]}
        """
        whole(path, who, acknowledged(started(code, path, who)))


WORK = """
stop = threading.Event()
def host():
    while not stop.is_set():
        c = sqlite3.connect(path, timeout=30)
        try:
            HOST
        finally:
            c.close()
thread = threading.Thread(target=host, daemon=True)
thread.start()
for i in range(60):
    s.ticket.create(subject=f"ticket {i}"); made += 1
stop.set(); thread.join()
print("made", made, flush=True)
END
"""
READS = "c.execute('select count(*) from nexa_tickets').fetchone()"
WRITES = "c.execute('insert into orders (t) values (?)', ('x' * 200,)); c.commit()"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("host", [READS, WRITES], ids=["reads", "writes"])
@pytest.mark.parametrize("processes", [1, 2])
def test_a_host_at_work_in_the_same_file_costs_nothing(
    tmp_path: Path, processes: int, host: str, end: str
) -> None:
    for turn in range(TIMES):
        path = tmp_path / f"{turn}.db"
        who = founded(path)
        file = sqlite3.connect(path)
        file.execute("create table orders (id integer primary key, t text)")
        file.commit()
        file.close()
        code = WORK.replace("HOST", host).replace("END", ENDS[end])
        running = [started(code, path, who) for _ in range(processes)]
        whole(path, who, sum(acknowledged(process) for process in running))


def test_a_host_keeps_its_connection_open_while_the_crm_is_closed_and_opened(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    who = founded(path)
    host = sqlite3.connect(path, timeout=30)
    host.execute("create table orders (id integer primary key, t text)")
    host.commit()
    for turn in range(TIMES):
        with nexa.open(f"sqlite:{path}") as crm:
            assert crm.session(who[0], user=who[1]).ticket.count() == turn
            host.execute("begin immediate")
            host.execute("insert into orders (t) values ('in the middle')")
        # Closing ours has not taken the host's lock: another process may not write now.
        other = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('begin immediate')"
        asked = subprocess.run([sys.executable, "-c", other, str(path)], capture_output=True, text=True)
        assert "database is locked" in asked.stderr
        host.commit()
        with nexa.open(f"sqlite:{path}") as crm:
            crm.session(who[0], user=who[1]).ticket.create(subject=f"{turn}")
    assert host.execute("select count(*) from orders").fetchone() == (TIMES,)
    host.close()
    whole(path, who, TIMES)


def test_a_log_that_somebody_removes_is_noticed_before_a_write_is_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    who = founded(path)
    with nexa.open(f"sqlite:{path}") as crm:
        session = crm.session(who[0], user=who[1])
        session.ticket.create(subject="one")
        os.remove(f"{path}-wal")
        for _ in range(2):
            with pytest.raises(nexa.Unavailable) as refused:
                session.ticket.create(subject="two")
            assert refused.value.code == "store.replaced" and not refused.value.retryable


def test_a_child_of_a_writing_process_opens_the_file_anew(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    who = founded(path)
    code = """
    import multiprocessing, time
    def child(number):
        own = nexa.open("sqlite:" + path)
        own.session(org, user=user).ticket.create(subject=f"child {number}")
        own.close()
    stop = threading.Event()
    def work():
        global made
        while not stop.is_set():
            s.ticket.create(subject="parent"); made += 1
    thread = threading.Thread(target=work); thread.start()
    import warnings; warnings.simplefilter("ignore")
    fork = multiprocessing.get_context("fork")
    for number in range(10):
        one = fork.Process(target=child, args=(number,)); one.start(); one.join(60)
        assert one.exitcode == 0, one.exitcode
        made_by_hand = os.fork()
        if made_by_hand == 0:
            try:
                s.ticket.count(); os._exit(1)
            except nexa.Unavailable as refused:
                assert refused.code == "crm.forked", refused
            child(100 + number); os._exit(0)
        assert os.waitpid(made_by_hand, 0)[1] == 0
    stop.set(); thread.join()
    print("made", made + 20, flush=True)
    crm.close()
    """
    whole(path, who, acknowledged(started(code, path, who)))


def test_a_path_is_resolved_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with nexa.open("sqlite:crm.db") as crm:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        assert admin.ticket.count() == 0
        admin.ticket.create(subject="one")
        assert admin.ticket.count() == 1
    assert not (tmp_path / "elsewhere" / "crm.db").exists()
