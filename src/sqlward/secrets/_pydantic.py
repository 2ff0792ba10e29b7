"""How pydantic takes and gives a secret; imported only when pydantic asks."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, SchemaValidator
from pydantic_core import core_schema as schemas

from sqlward.secrets.secret import MASK, Secret


def core_schema(source: Any, handler: GetCoreSchemaHandler) -> schemas.CoreSchema:
    """Give the schema of `Secret` or `Secret[T]`: takes a secret or a `T`, gives the mask."""
    (wanted,) = get_args(source) or (Any,)
    inner = handler.generate_schema(wanted)
    valid = SchemaValidator(inner)

    def check(secret: Secret[Any]) -> Secret[Any]:
        value = _validated(valid, secret)
        if value is None:
            raise PydanticCustomError("secret", "Input should be a valid secret")
        return value

    # Two steps: pydantic shows the input of the step that fails, and by then it is a secret.
    return schemas.chain_schema(
        [
            schemas.no_info_plain_validator_function(_wrapped),
            schemas.no_info_plain_validator_function(check),
        ],
        serialization=schemas.plain_serializer_function_ser_schema(
            _masked, return_schema=schemas.str_schema(), when_used="json"
        ),
    )


def _wrapped(value: Any) -> Secret[Any]:
    return value if isinstance(value, Secret) else Secret(value)


def _validated(valid: SchemaValidator, secret: Secret[Any]) -> Secret[Any] | None:
    try:
        return Secret(valid.validate_python(secret.reveal()))
    except Exception:
        # What went wrong would quote the value.
        return None


def _masked(value: Any) -> str:
    return MASK
