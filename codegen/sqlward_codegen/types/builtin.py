"""The types that PostgreSQL and its well-known extensions bring, in Python."""

from __future__ import annotations

from sqlward_codegen.types.annotation import NONE, Annotation, PythonType, builtin, or_none

RANGE = ("sqlward.values", "Range")
MULTIRANGE = ("sqlward.values", "Multirange")


def _same(module: str, name: str, *arguments: Annotation, binary: bool = True) -> PythonType:
    annotation = Annotation(module, name, arguments)
    return PythonType(annotation, annotation, binary)


_STR = builtin("str")
_INT = _same("builtins", "int")
_TEXT = _same("builtins", "str")
_TEXT_ONLY = _same("builtins", "str", binary=False)
_INTEGERS = _same("builtins", "list", builtin("int"))
_FLOAT = _same("builtins", "float")
_FLOATS = _same("builtins", "list", builtin("float"))
_DATETIME = _same("datetime", "datetime")
_TIME = _same("datetime", "time")
_JSON = PythonType(Annotation("sqlward.json", "JsonValue"), builtin("object"))

_CATALOG = {
    "bool": _same("builtins", "bool"),
    "bytea": _same("builtins", "bytes"),
    "cidr": _same("sqlward.values", "Cidr"),
    "date": _same("datetime", "date"),
    "inet": _same("sqlward.values", "Inet"),
    "interval": _same("datetime", "timedelta"),
    "numeric": _same("decimal", "Decimal"),
    "time": _TIME,
    "timetz": _TIME,
    "timestamp": _DATETIME,
    "timestamptz": _DATETIME,
    "uuid": _same("uuid", "UUID"),
    "void": PythonType(NONE, NONE),
    **dict.fromkeys(("int2", "int4", "int8", "oid", "xid", "xid8", "cid"), _INT),
    **dict.fromkeys(("int2vector", "oidvector"), _INTEGERS),
    **dict.fromkeys(("float4", "float8"), _FLOAT),
    **dict.fromkeys(("json", "jsonb"), _JSON),
    **dict.fromkeys(
        [
            "bit",
            "bpchar",
            "char",
            "cstring",
            "jsonpath",
            "macaddr",
            "macaddr8",
            "name",
            "pg_lsn",
            "refcursor",
            "text",
            "tid",
            "unknown",
            "varbit",
            "varchar",
            "xml",
        ],
        _TEXT,
    ),
    **dict.fromkeys(
        [
            "aclitem",
            "box",
            "circle",
            "gtsvector",
            "line",
            "lseg",
            "money",
            "path",
            "pg_snapshot",
            "point",
            "polygon",
            "regclass",
            "regcollation",
            "regconfig",
            "regdictionary",
            "regnamespace",
            "regoper",
            "regoperator",
            "regproc",
            "regprocedure",
            "regrole",
            "regtype",
            "tsquery",
            "tsvector",
            "txid_snapshot",
        ],
        _TEXT_ONLY,
    ),
}

# The run time reads these from their binary form, but writes them as text.
_TEXT_INPUT = frozenset({"int2vector", "jsonpath", "oidvector", "pg_lsn", "tid"})

_EXTENSIONS = {
    "citext": _TEXT,
    "halfvec": _FLOATS,
    "hstore": _same("builtins", "dict", _STR, or_none(_STR, True)),
    "ltree": _TEXT_ONLY,
    "lquery": _TEXT_ONLY,
    "ltxtquery": _TEXT_ONLY,
    "vector": _FLOATS,
}


def builtin_type(schema: str, name: str, extension: str | None) -> PythonType | None:
    """Give the Python type of a base type, None if it has none."""
    if schema == "pg_catalog":
        return _CATALOG.get(name)
    return _EXTENSIONS.get(name) if extension is not None else None


def has_binary_input(schema: str, name: str, extension: str | None) -> bool:
    """Whether the run time can write a base type in its binary form."""
    found = builtin_type(schema, name, extension)
    return found is not None and found.binary and name not in _TEXT_INPUT


def extension_form(name: str) -> str:
    """Give the form in which the run time reads and writes an extension's type."""
    return name if name in ("citext", "halfvec", "hstore", "vector") else "text"
