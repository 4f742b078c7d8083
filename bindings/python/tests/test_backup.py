"""Backups and how they come back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import nexa_crm as nexa


def test_a_backup_comes_back(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'crm.db'}"
    crm = nexa.open(url)
    admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
    admin.ticket.create(subject="one")
    crm.backup(tmp_path / "monday.db")
    admin.ticket.create(subject="two")
    with pytest.raises(nexa.Conflict) as refused:
        nexa.restore(tmp_path / "monday.db", url)
    assert refused.value.code == "restore.target_exists"
    with pytest.raises(nexa.Conflict) as refused:
        nexa.restore(tmp_path / "monday.db", url, overwrite=True)
    assert refused.value.code == "restore.target_open"
    assert admin.ticket.count() == 2
    crm.close()
    nexa.restore(tmp_path / "monday.db", url, overwrite=True)
    with nexa.open(url) as crm:
        assert crm.session(admin.org, user=admin.user_id).ticket.count() == 1


def test_a_copy_of_the_open_file_is_refused_rather_than_restored_empty(tmp_path: Path) -> None:
    crm = nexa.open(f"sqlite:{tmp_path / 'crm.db'}")
    crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
    shutil.copy(tmp_path / "crm.db", tmp_path / "copy.db")
    with pytest.raises(nexa.Invalid) as refused:
        nexa.restore(tmp_path / "copy.db", f"sqlite:{tmp_path / 'new.db'}")
    assert refused.value.code == "restore.invalid"
    assert not (tmp_path / "new.db").exists()
    crm.close()


def test_a_backup_that_was_put_back_by_hand_beside_a_left_over_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    crm = nexa.open(f"sqlite:{path}")
    admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
    crm.backup(tmp_path / "monday.db")
    admin.ticket.create(subject="later")
    log = Path(f"{path}-wal").read_bytes()
    crm.close()
    shutil.copy(tmp_path / "monday.db", path)
    Path(f"{path}-wal").write_bytes(log)
    with pytest.raises(nexa.Unavailable) as refused:
        nexa.open(f"sqlite:{path}")
    assert refused.value.code == "store.log_foreign" and not refused.value.retryable
    nexa.restore(tmp_path / "monday.db", f"sqlite:{path}", overwrite=True)
    with nexa.open(f"sqlite:{path}") as crm:
        assert crm.session(admin.org, user=admin.user_id).ticket.count() == 0


def test_only_a_file_can_be_restored(tmp_path: Path) -> None:
    with pytest.raises(nexa.Error) as refused:
        nexa.restore(tmp_path / "monday.db", "memory:")
    assert refused.value.code == "store.unsupported"
