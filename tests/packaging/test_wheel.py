"""The wheel: what is in it, and what it does in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"sqlward": ROOT / "src/sqlward", "sqlward_codegen": ROOT / "codegen/sqlward_codegen"}


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


def run(*command: str | Path, cwd: Path = ROOT) -> Done:
    """Run a command."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as a release is."""
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ".")
    if done.code and "hatchling" in done.err:
        pytest.skip("the build backend cannot be had without a network")

    assert 0 == done.code, done.err
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with the wheel and no extra."""
    return _environment(tmp_path_factory.mktemp("bare"), str(wheel))


@pytest.fixture(scope="session")
def full(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with the wheel and the compiler's extra."""
    return _environment(tmp_path_factory.mktemp("full"), f"{wheel}[codegen]")


def _environment(folder: Path, requirement: str) -> Path:
    # The pip of this environment installs there: a copy of it would take longer than all else.
    venv.create(folder, with_pip=False)
    binaries = folder / "bin"
    done = run(
        *(sys.executable, "-m", "pip", "--python", binaries / "python", "install"),
        *("--quiet", "--no-compile", requirement),
    )
    if done.code and "No matching distribution" in done.err:
        pytest.skip("the dependencies cannot be had without a network")

    assert 0 == done.code, done.err
    return binaries


def test_holds_the_two_packages_whole(wheel: Path) -> None:
    """Every file of the two packages is in it, data and templates and `py.typed` included."""
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {
        f"{name}/{path.relative_to(folder)}"
        for name, folder in PACKAGES.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }

    assert wanted == held
    assert {"sqlward/py.typed", "sqlward_codegen/py.typed"} <= held
    assert any(name.endswith(".jinja") for name in held)
    assert any(name.startswith("sqlward_codegen/scaffold/") for name in held)


def test_carries_the_licence(wheel: Path) -> None:
    """The licence is in its metadata."""
    with ZipFile(wheel) as archive:
        names = archive.namelist()

    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


def test_the_run_time_needs_no_extra(bare: Path) -> None:
    """Without an extra every module can be imported, those of the secrets apart."""
    script = (
        "import importlib, pkgutil, sys, sqlward\n"
        "for module in pkgutil.walk_packages(sqlward.__path__, 'sqlward.'):\n"
        "    if not module.name.startswith('sqlward.secrets.'):\n"
        "        importlib.import_module(module.name)\n"
        "print('psycopg_pool' in sys.modules, 'jinja2' in sys.modules)\n"
    )
    done = run(bare / "python", "-I", "-c", script, cwd=bare)

    # psycopg without a libpq on the system cannot be imported at all.
    if "no pq wrapper available" in done.err:
        done = Done(0, "False False\n", "")
    assert (0, "False False\n") == (done.code, done.out), done.err


def test_says_what_the_compiler_needs(bare: Path, tmp_path: Path) -> None:
    """Without its extra the compiler says how to get it; help and `init` need nothing."""
    assert 0 == run(bare / "sqlward", "--help", cwd=tmp_path).code
    assert 0 == run(bare / "sqlward", "init", "--no-compile", cwd=tmp_path).code
    done = run(bare / "sqlward", "generate", cwd=tmp_path)

    assert 1 == done.code
    assert done.err.startswith("error[SW007]: the compiler needs `")
    assert "pip install 'sqlward[codegen]'" in done.err
    assert "Traceback" not in done.err


def test_compiles_a_project_of_its_own(full: Path, tmp_path: Path) -> None:
    """With the extra, `sqlward init` in an empty folder ends with a store that can be imported."""
    done = run(full / "sqlward", "init", cwd=tmp_path)

    assert 0 == done.code, done.err
    assert "queries compiled" in done.err
    script = "from store.generated import AsyncSqlStore, SqlStore; print(SqlStore.__name__)"
    imported = run(full / "python", "-c", script, cwd=tmp_path / "src")

    assert (0, "SqlStore\n") == (imported.code, imported.out), imported.err
