"""A value that shows itself only when asked to: `Secret[str]`, `Secret[bytes]`, …"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from hmac import compare_digest
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeVar, final

import msgspec

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

T_co = TypeVar("T_co", covariant=True)

MASK: Final = "**********"


@final
class Secret(Generic[T_co]):
    """A value (`str`, `bytes` or what JSON can say) that only `reveal()` gives.

    Everything else masks it or refuses: `repr`, `str`, `format`, JSON, pickle, logging,
    tracebacks that show locals. Copies are the secret itself, so `dataclasses.asdict` keeps it
    one. `==` takes the same time wherever two secrets differ; a secret never equals a plain
    value. It does not guard against code that goes looking for it in the memory of the process.
    """

    # A closure, so that no attribute holds the value: not for vars, dir or a debugger's tree.
    __slots__ = ("_value",)
    _value: Callable[[], T_co]

    def __init__(self, value: T_co) -> None:
        if isinstance(value, Secret):
            raise TypeError("a `Secret` cannot hold another `Secret`")
        self._value = lambda: value

    def reveal(self) -> T_co:
        """Give the value."""
        return self._value()

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(self._digest(), other._digest())

    def __hash__(self) -> int:
        return int.from_bytes(self._digest()[:8], "big")

    def __copy__(self) -> Secret[T_co]:
        return self

    def __deepcopy__(self, memo: object) -> Secret[T_co]:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a `Secret` cannot be pickled")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a `Secret` cannot be pickled")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a `Secret` has no state to give")

    def _digest(self) -> bytes:
        # Digests have one length, so neither the length nor the place of a difference shows.
        return blake2b(_comparable(self._value()), key=_process_key(), digest_size=32).digest()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> Any:
        from sqlward.secrets._pydantic import core_schema

        return core_schema(source, handler)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> Any:
        return {"type": "string", "format": "password", "writeOnly": True}


def _comparable(value: object) -> bytes:
    if isinstance(value, str):
        return b"s" + value.encode("utf-8", "surrogatepass")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b"b" + bytes(value)
    return b"j" + msgspec.json.encode(value, order="deterministic")


@cache
def _process_key() -> bytes:
    return token_bytes(32)
