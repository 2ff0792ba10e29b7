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
_INT_TEXT_ONLY = _same("builtins", "int", binary=False)
_FLOAT = _same("builtins", "float")
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
    **dict.fromkeys(("int2", "int4", "int8", "oid"), _INT),
    **dict.fromkeys(("float4", "float8"), _FLOAT),
    **dict.fromkeys(("text", "varchar", "bpchar", "char", "name", "unknown"), _TEXT),
    **dict.fromkeys(("json", "jsonb"), _JSON),
}

# psycopg has no loader for these; PostgreSQL's own text is the value.
TEXT_ONLY = frozenset(
    [
        "aclitem",
        "bit",
        "box",
        "cid",
        "circle",
        "gtsvector",
        "int2vector",
        "jsonpath",
        "line",
        "lseg",
        "macaddr",
        "macaddr8",
        "money",
        "oidvector",
        "path",
        "pg_lsn",
        "pg_snapshot",
        "point",
        "polygon",
        "refcursor",
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
        "tid",
        "tsquery",
        "tsvector",
        "txid_snapshot",
        "varbit",
        "xid",
        "xid8",
        "xml",
    ]
)

_EXTENSIONS = {
    "citext": _TEXT,
    "hstore": _same("builtins", "dict", _STR, or_none(_STR, True)),
    "ltree": _TEXT_ONLY,
    "lquery": _TEXT_ONLY,
    "ltxtquery": _TEXT_ONLY,
    "vector": _same("builtins", "list", builtin("float")),
}


def builtin_type(schema: str, name: str, extension: str | None) -> PythonType | None:
    """Give the Python type of a base type, None if it has none."""
    if schema == "pg_catalog":
        return _TEXT_ONLY if name in TEXT_ONLY else _CATALOG.get(name)
    return _EXTENSIONS.get(name) if extension is not None else None


def extension_form(name: str) -> str:
    """Give the form in which the run time reads and writes an extension's type."""
    return name if name in ("citext", "halfvec", "hstore", "vector") else "text"
