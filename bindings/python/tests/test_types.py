"""mypy --strict and pyright pass on the package, the example and these tests' own uses; and they find mistakes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nexa_crm

HERE = Path(__file__).parent
PACKAGE = Path(nexa_crm.__file__).parent
EXAMPLES = sorted((HERE.parents[2] / "examples/python").glob("*.py"))
WRONG = HERE / "typing/wrong.py"
EXPECTED = [at for at, line in enumerate(WRONG.read_text().splitlines(), 1) if line.endswith("# wrong")]
GOOD = [PACKAGE, *EXAMPLES, HERE.parents[2] / "examples/fastapi_desk/desk.py", HERE / "typing/right.py"]


def mypy(tmp_path: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("mypy")
    environment = {**os.environ, "MYPYPATH": str(PACKAGE.parent)}
    options = ["--strict", "--no-error-summary", "--explicit-package-bases", "--cache-dir", str(tmp_path)]
    if "site-packages" in str(PACKAGE):
        # An installed package is read as one; its folder would be read a second time.
        environment.pop("MYPYPATH")
        paths = tuple(path for path in paths if path != PACKAGE)
        options += ["-p", "nexa_crm"] if not paths else []
    command = [sys.executable, "-m", "mypy", *options, *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)


def pyright(tmp_path: Path, *paths: Path) -> list[dict[str, Any]]:
    pytest.importorskip("pyright")
    environment = {**os.environ, "PYTHONPATH": "" if "site-packages" in str(PACKAGE) else str(PACKAGE.parent)}
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    answer = json.loads(done.stdout)
    assert answer["summary"]["filesAnalyzed"] >= len(paths), done.stderr
    return [one for one in answer["generalDiagnostics"] if one["severity"] == "error"]


def test_mypy_passes(tmp_path: Path) -> None:
    done = mypy(tmp_path, *GOOD)
    assert done.returncode == 0, done.stdout + done.stderr
    if "site-packages" in str(PACKAGE):
        done = mypy(tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_passes(tmp_path: Path) -> None:
    assert pyright(tmp_path, *GOOD) == []


def test_mypy_finds_mistakes(tmp_path: Path) -> None:
    lines = [line for line in mypy(tmp_path, WRONG).stdout.splitlines() if ": error:" in line]
    assert sorted({int(line.split(":")[1]) for line in lines}) == EXPECTED


def test_pyright_finds_mistakes(tmp_path: Path) -> None:
    found = {one["range"]["start"]["line"] + 1 for one in pyright(tmp_path, WRONG)}
    assert sorted(found) == EXPECTED
