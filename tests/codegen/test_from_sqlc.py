"""Starting from a configuration of sqlc."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from goldens_support import assert_golden
from sqlward_codegen.config import Override, load_config
from sqlward_codegen.diagnostics import CompileError
from sqlward_codegen.messages.render import render
from sqlward_codegen.reading.sources import text_reader
from sqlward_codegen.settings.from_sqlc import read_sqlc_config

VERSION_2 = """\
version: "2"
sql:
  - schema: [migrations, ./extra.sql]
    queries: query.sql
    engine: postgresql
    gen:
      go:
        package: db
        out: db
        rename: {spotify_url: SpotifyURL, id_old: IDNew}
        overrides:
          - {db_type: uuid, go_type: github.com/gofrs/uuid.UUID}
          - {db_type: pg_catalog.numeric, go_type: string, nullable: true}
          - {column: authors.bio, go_type: {type: string, pointer: true}}
          - column: authors.settings
            go_type: {import: example.com/pkg, type: Settings, pointer: true}
  - {schema: a, queries: b, engine: mysql}
  - {schema: c, queries: d, engine: postgresql}
overrides:
  go:
    rename: {author: Writer}
    overrides: [{db_type: timestamptz, go_type: time.Time, nullable: true}]
"""

VERSION_1 = {
    "version": "1",
    "packages": [
        {"name": "db", "path": "db", "schema": "sql/schema/", "queries": ["sql/a", "sql/b"]}
    ],
    "overrides": [{"postgres_type": "uuid", "go_type": "string"}],
    "rename": {"created_at": "WrittenAt"},
}

WRONG: dict[str, str] = {
    "not_yaml": 'version: "2"\nsql: [\n',
    "no_keys": "- a\n- b\n",
    "no_version": "sql: []\n",
    "version_3": "version: 3\n",
    "no_entry": 'version: "2"\nsql: []\n',
    "mysql": 'version: "2"\nsql:\n  - {engine: mysql, schema: a, queries: b}\n',
}


def test_version_2(tmp_path: Path) -> None:
    """The text that is written, and the notes on what was left out."""
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "sqlc.yaml").write_text(VERSION_2)
    text, notes = read_sqlc_config(tmp_path / "db" / "sqlc.yaml", tmp_path)

    assert_golden("from_sqlc/version_2.txt", text + "\n" + "\n".join(f"note: {n}" for n in notes))


def test_version_2_is_read_back(tmp_path: Path) -> None:
    """What is written is a configuration, with paths seen from the project's folder."""
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "sqlc.yaml").write_text(VERSION_2)
    text, _ = read_sqlc_config(tmp_path / "db" / "sqlc.yaml", tmp_path)
    (tmp_path / "pyproject.toml").write_text(text)
    config = load_config(tmp_path)

    assert (tmp_path / "db/migrations", tmp_path / "db/extra.sql") == config.schema
    assert (tmp_path / "db/query.sql",) == config.queries
    assert (("author", "writer"), ("id_old", "id_new")) == config.renames
    assert (
        Override("str", db_type="numeric", decode="str", encode="decimal.Decimal"),
    ) == config.overrides


def test_version_1(tmp_path: Path) -> None:
    """Version 1, in JSON, says the same in other words."""
    (tmp_path / "sqlc.json").write_text(json.dumps(VERSION_1))
    text, notes = read_sqlc_config(tmp_path / "sqlc.json", tmp_path)
    (tmp_path / "pyproject.toml").write_text(text)
    config = load_config(tmp_path)

    assert (tmp_path / "sql/schema",) == config.schema
    assert (tmp_path / "sql/a", tmp_path / "sql/b") == config.queries
    assert (("created_at", "written_at"),) == config.renames
    assert (Override("str", db_type="uuid", decode="str", encode="uuid.UUID"),) == config.overrides
    assert ("renames were turned into Python's spelling: check `[tool.sqlward.rename]`",) == notes


@pytest.mark.parametrize("case", WRONG)
def test_message(tmp_path: Path, case: str) -> None:
    """Each unusable configuration of sqlc gives the message of its golden file."""
    (tmp_path / "sqlc.yaml").write_text(WRONG[case])
    with pytest.raises(CompileError) as caught:
        read_sqlc_config(tmp_path / "sqlc.yaml", tmp_path)
    text = render(caught.value.diagnostics, text_reader(tmp_path))

    assert_golden(f"diagnostics/from_sqlc/{case}.txt", text)


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is a diagnostic."""
    with pytest.raises(CompileError, match=r"`sqlc.yaml` cannot be read"):
        read_sqlc_config(tmp_path / "sqlc.yaml", tmp_path)
