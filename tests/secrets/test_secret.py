"""A secret shows itself to `reveal()` and to nothing else."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import io
import json
import logging
import pickle
import pprint
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pydantic
import pytest
from psycopg import ProgrammingError
from psycopg.adapt import PyFormat, Transformer

from sqlward.json import encode_json
from sqlward.secrets import Secret

CANARY = "canary-7f3a"
KINDS = [CANARY, CANARY.encode(), {"key": [CANARY]}]


@dataclasses.dataclass(slots=True)
class Row:
    id: int
    api_key: Secret[Any]


class Model(pydantic.BaseModel):
    api_key: Secret[str]


SHOW: dict[str, Callable[[Secret[Any]], object]] = {
    "repr": repr,
    "str": str,
    "format": lambda secret: format(secret, ">40"),
    "f-string": lambda secret: f"{secret} {secret!r} {secret!s:>30} {[secret]}",
    "percent": lambda secret: "%s %r %a" % (secret, secret, secret),  # noqa: UP031
    "str.format": "{0} {0!r}".format,
    "pprint": pprint.pformat,
    "copy": lambda secret: repr(copy.copy(secret)),
    "deepcopy": lambda secret: repr(copy.deepcopy([secret])),
    "asdict": lambda secret: repr(dataclasses.asdict(Row(1, secret))),
    "astuple": lambda secret: repr(dataclasses.astuple(Row(1, secret))),
    "replace": lambda secret: repr(dataclasses.replace(Row(1, secret), id=2)),
    "json default": lambda secret: json.dumps(secret, default=str),
    "orjson default": lambda secret: orjson.dumps(secret, default=repr),
    "members": lambda secret: repr(inspect.getmembers(secret)),
    "msgspec builtins": lambda secret: repr(msgspec.to_builtins(secret, enc_hook=str)),
}
REFUSE: dict[str, Callable[[Secret[Any]], object]] = {
    "json": json.dumps,
    "json in a list": lambda secret: json.dumps([secret]),
    "json by vars": lambda secret: json.dumps(secret, default=vars),
    "msgspec": msgspec.json.encode,
    "msgpack": lambda secret: msgspec.msgpack.encode(Row(1, secret)),
    "parameter of type json": encode_json,
    "orjson": orjson.dumps,
    "orjson of a dataclass": lambda secret: orjson.dumps(Row(1, secret)),
    "pickle": pickle.dumps,
    "pickle protocol 0": lambda secret: pickle.dumps(Row(1, secret), 0),
    "vars": vars,
    "state": lambda secret: secret.__getstate__(),
    "iter": lambda secret: list(secret),  # type: ignore[call-overload]
    "len": len,  # type: ignore[dict-item]
    "bytes": lambda secret: bytes(secret),  # type: ignore[call-overload]
    "add": lambda secret: "" + secret,  # type: ignore[operator]
    "nesting": Secret,
    "parameter": lambda secret: Transformer().get_dumper(secret, PyFormat.AUTO),
}


def _texts(error: BaseException) -> str:
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(report.format())


@pytest.mark.parametrize("value", KINDS, ids=["str", "bytes", "json"])
@pytest.mark.parametrize("name", SHOW)
def test_what_shows_a_value_shows_a_mask(name: str, value: object) -> None:
    """Text forms and copies hold the mask or the secret, never the value."""
    shown = str(SHOW[name](Secret(value)))

    assert CANARY not in shown
    assert "Secret" in shown or "****" in shown


@pytest.mark.parametrize("value", KINDS, ids=["str", "bytes", "json"])
@pytest.mark.parametrize("name", REFUSE)
def test_what_needs_the_value_is_refused_without_showing_it(name: str, value: object) -> None:
    """Encoders, pickle and operators raise, and the traceback with its locals has no value."""
    secret = Secret(value)
    del value
    with pytest.raises((TypeError, NotImplementedError, ProgrammingError)) as caught:
        REFUSE[name](secret)
    caught.value.__traceback__ = caught.value.__traceback__ and caught.value.__traceback__.tb_next

    assert CANARY not in _texts(caught.value)


def test_logs_and_tracebacks_hold_the_mask() -> None:
    """A log record, its exception, and the locals of every frame show a mask."""
    out = io.StringIO()
    logger = logging.getLogger("test_secret")
    handler = logging.StreamHandler(out)
    logger.addHandler(handler)
    api_key = Secret("".join(["canary-", "7f3a"]))
    try:
        raise ValueError(api_key)
    except ValueError as error:
        logger.exception("failed with %s and %r", api_key, {"key": api_key})
        out.write(_texts(error))
    finally:
        logger.removeHandler(handler)

    assert CANARY not in out.getvalue()
    assert "failed with **********" in out.getvalue()


def test_equality_is_of_values_and_kinds() -> None:
    """Secrets are equal when their values are, of the same kind; never equal to a plain value."""
    equal = Secret({"a": 1, "b": [2]}) == Secret({"b": [2], "a": 1})

    assert (Secret("a") == Secret("a"), Secret("a") == Secret("b"), equal) == (True, False, True)
    assert Secret("a") != Secret(b"a")
    assert Secret("a").__eq__("a") is NotImplemented
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


def test_a_hash_says_nothing_outside_its_process() -> None:
    """The hash is keyed by the process, also where `PYTHONHASHSEED` makes others repeat."""
    program = "from sqlward.secrets import Secret; print(hash(Secret('a')))"
    command = [sys.executable, "-c", program]
    env = {"PYTHONHASHSEED": "0"}
    hashes = {subprocess.check_output(command, env=env) for _ in range(2)}

    assert 2 == len(hashes)


def test_pydantic_takes_a_value_and_gives_the_mask() -> None:
    """A model accepts a secret or its value; JSON is the mask; the schema says password."""
    model = Model(api_key=Secret(CANARY))
    parsed = Model.model_validate_json(json.dumps({"api_key": CANARY}))

    assert model == parsed
    assert '{"api_key":"**********"}' == parsed.model_dump_json()
    assert {"api_key": "**********"} == parsed.model_dump(mode="json")
    assert Secret(CANARY) == parsed.model_dump()["api_key"]
    assert CANARY not in repr(parsed) + str(parsed) + repr(parsed.model_dump())
    assert "password" == Model.model_json_schema()["properties"]["api_key"]["format"]


def test_pydantic_refuses_without_quoting() -> None:
    """What is not a `T` is refused, and neither the error nor its details hold it."""
    with pytest.raises(pydantic.ValidationError) as caught:
        Model.model_validate({"api_key": [CANARY]})
    told = str(caught.value) + repr(caught.value.errors()) + caught.value.json()

    assert CANARY not in told
    assert "Input should be a valid secret" in told


MISUSE = """
from sqlward.secrets import Secret

def send(key: str) -> None: ...

secret: Secret[str] = Secret("a")
send(secret)
send(secret.reveal())
length: int = secret.reveal()
"""


@pytest.mark.parametrize(
    ("checker", "complaint"),
    [
        (["mypy", "--strict", "--no-incremental"], "Argument 1"),
        (["pyright", "--pythonpath", sys.executable], "Secret[str]"),
    ],
    ids=["mypy", "pyright"],
)
def test_type_checkers_tell_a_secret_from_its_value(
    tmp_path: Path, checker: list[str], complaint: str
) -> None:
    """Passing `Secret[str]` where `str` is wanted is an error, and `reveal()` gives a `str`."""
    file = tmp_path / "misuse.py"
    file.write_text(MISUSE)
    done = subprocess.run(
        [sys.executable, "-m", *checker, str(file)], capture_output=True, text=True, cwd=tmp_path
    )
    errors = [line for line in done.stdout.splitlines() if "misuse.py:" in line and "error" in line]

    assert 2 == len(errors), done.stdout
    assert ":7:" in errors[0]
    assert complaint in errors[0]
    assert ":9:" in errors[1]
