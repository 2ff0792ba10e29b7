"""The run time under a generated store."""

from sqlward.errors import (
    ClientEncodingError,
    CompositeMismatchError,
    NoRowsError,
    ParameterError,
    SqlwardError,
    TooManyRowsError,
    UnexpectedNullError,
    UnknownEnumLabelError,
    UnknownTypeError,
)
from sqlward.json import JSON_NULL, JsonCodec, JsonNull, JsonValue, json_codec
from sqlward.query import Copy, ExecResult, Query
from sqlward.types import CompositeType, StoreTypes
from sqlward.values import Cidr, Inet, Multirange, Range

__all__ = [
    "JSON_NULL",
    "Cidr",
    "ClientEncodingError",
    "CompositeMismatchError",
    "CompositeType",
    "Copy",
    "ExecResult",
    "Inet",
    "JsonCodec",
    "JsonNull",
    "JsonValue",
    "Multirange",
    "NoRowsError",
    "ParameterError",
    "Query",
    "Range",
    "SqlwardError",
    "StoreTypes",
    "TooManyRowsError",
    "UnexpectedNullError",
    "UnknownEnumLabelError",
    "UnknownTypeError",
    "json_codec",
]
