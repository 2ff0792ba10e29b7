"""Every type that the run time knows, and values of it that PostgreSQL gives back unchanged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, make_dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv4Interface, IPv6Interface
from typing import Any, Final

from hypothesis import strategies as st

from sqlward import CompositeType, Multirange, Range, StoreTypes

Values = st.SearchStrategy[Any]

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
INT4 = st.integers(-(2**31), 2**31 - 1)
UINT4 = st.integers(0, 2**32 - 1)
FLOAT8 = st.floats()
NUMERIC = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20),
    st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")]),
)
FINITE_NUMERIC = st.decimals(-1000, 1000, places=3)
DATE = st.dates(date(2, 1, 1), date(9998, 1, 1))
TIMESTAMP = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1))
TIMESTAMPTZ = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))
OFFSETS = st.integers(-15 * 60, 15 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
JSON: Values = st.recursive(
    st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.integers(-(10**9), 10**9).map(lambda n: n / 8)
    | TEXT,
    lambda inner: (
        st.lists(st.none() | inner, max_size=3)
        | st.dictionaries(TEXT, st.none() | inner, max_size=3)
    ),
    max_leaves=6,
)


class Mood(StrEnum):
    """Labels that are no identifiers."""

    SAD = "sad"
    SO_SO = "so, so"
    QUOTED = 'it\'s "fine" \\ {ok}'
    EMPTY = ""
    NULL_ = "NULL"
    UMLAUT = "glücklich"


@dataclass(slots=True)
class Pair:
    """The composite `pair`."""

    name: str | None
    mood: Mood | None
    codes: list[str | None] | None


def _range(bounds: Values, *, discrete: bool) -> Values:
    def build(pair: list[Any], shape: int) -> Range[Any]:
        low, high = sorted(pair)
        if shape == 0 or low == high:
            return Range(empty=True)
        low_or_none = None if shape == 1 else low
        high_or_none = None if shape == 2 else high
        return Range(low_or_none, high_or_none, "[)" if discrete or shape < 4 else "(]")

    return st.builds(build, st.lists(bounds, min_size=2, max_size=2), st.integers(0, 5))


def _multirange(bounds: Values) -> Values:
    def build(numbers: list[Any]) -> Multirange[Any]:
        ordered = sorted(numbers)
        pairs = zip(ordered[0::2], ordered[1::2], strict=False)
        return Multirange([Range(low, high) for low, high in pairs])

    return st.builds(build, st.lists(bounds, unique=True, max_size=6))


def _of_moods(range: Range[int]) -> Range[Mood]:
    moods = list(Mood)
    if range.isempty:
        return Range(empty=True)
    low, high = (None if n is None else moods[n] for n in (range.lower, range.upper))
    return Range(low, high, range.bounds)


def _interfaces() -> Values:
    four = st.tuples(st.ip_addresses(v=4), st.integers(0, 31)).map(lambda p: IPv4Interface(p))
    six = st.tuples(st.ip_addresses(v=6), st.integers(0, 127)).map(lambda p: IPv6Interface(p))
    return st.one_of(four, six)


def _hex(size: int) -> Values:
    return st.binary(min_size=size, max_size=size).map(lambda b: b.hex(":"))


def _lsn(number: int) -> str:
    return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"


@dataclass(frozen=True)
class Case:
    """A type: the run time's name of it, SQL's, and its values.

    `depth` is written out in names of arrays when a value can be a list itself.
    """

    name: str
    values: Values
    sql: str = ""
    binary: bool = True
    list_like: bool = False

    @property
    def sql_name(self) -> str:
        return self.sql or self.name

    @property
    def label(self) -> str:
        return self.name.partition(".")[2] or self.name

    def array(self, depth: int) -> str:
        return self.name + "[]" * (depth if self.list_like else 1)


def _sampled(name: str, *texts: str, binary: bool = False) -> Case:
    return Case(name, st.sampled_from(texts), binary=binary)


FLOATS = st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1)
HALVES = st.lists(st.integers(-1000, 1000).map(lambda n: n / 8), min_size=1)

CASES: Final = (
    Case("bool", st.booleans()),
    Case("int2", st.integers(-(2**15), 2**15 - 1)),
    Case("int4", INT4),
    Case("int8", st.integers(-(2**63), 2**63 - 1)),
    Case("oid", UINT4),
    Case("xid", UINT4),
    Case("cid", UINT4),
    Case("xid8", st.integers(0, 2**64 - 1)),
    Case("float4", st.floats(width=32)),
    Case("float8", FLOAT8),
    Case("numeric", NUMERIC),
    Case("text", TEXT),
    Case("varchar", TEXT),
    Case("bpchar", TEXT.map(lambda s: s.strip() or "x")),
    Case("name", TEXT),
    Case("char", st.one_of(st.characters(min_codepoint=1, max_codepoint=127), st.sampled_from(["", "\\377", "\\200"])), '"char"'),
    Case("bytea", st.binary(max_size=40)),
    Case("uuid", st.uuids()),
    Case("date", DATE),
    Case("time", st.times()),
    Case("timetz", st.builds(lambda t, tz: t.replace(tzinfo=tz), st.times(), OFFSETS)),
    Case("timestamp", TIMESTAMP),
    Case("timestamptz", TIMESTAMPTZ),
    Case("interval", st.timedeltas(timedelta(days=-(10**6)), timedelta(days=10**6))),
    Case("inet", st.one_of(st.ip_addresses(), _interfaces())),
    Case("cidr", _interfaces().map(lambda i: i.network)),
    Case("macaddr", _hex(6)),
    Case("macaddr8", _hex(8)),
    Case("json", JSON, list_like=True),
    Case("jsonb", JSON, list_like=True),
    Case("varbit", st.text("01", max_size=20)),
    Case("bit", st.sampled_from(["0", "1"])),
    Case("int4range", _range(INT4.filter(lambda n: n < 2**31 - 1), discrete=True)),
    Case("int8range", _range(st.integers(-(2**40), 2**40), discrete=True)),
    Case("numrange", _range(FINITE_NUMERIC, discrete=False)),
    Case("daterange", _range(DATE, discrete=True)),
    Case("tsrange", _range(TIMESTAMP, discrete=False)),
    Case("tstzrange", _range(TIMESTAMPTZ, discrete=False)),
    Case("int4multirange", _multirange(INT4)),
    Case("int8multirange", _multirange(st.integers(-(2**40), 2**40))),
    Case("nummultirange", _multirange(FINITE_NUMERIC)),
    Case("datemultirange", _multirange(DATE)),
    Case("tsmultirange", _multirange(TIMESTAMP)),
    Case("tstzmultirange", _multirange(TIMESTAMPTZ)),
    Case("pg_lsn", st.integers(0, 2**64 - 1).map(_lsn)),
    Case("tid", st.tuples(UINT4, st.integers(0, 2**16 - 1)).map(lambda t: f"({t[0]},{t[1]})")),
    Case("refcursor", TEXT),
    Case("int2vector", st.lists(st.integers(-100, 100), min_size=1), list_like=True),
    Case("oidvector", st.lists(UINT4, min_size=1), list_like=True),
    _sampled("xml", "<a/>", "<a b=\"c\">ä, (x)</a>", "text", binary=True),
    _sampled("jsonpath", '$."a"[*]', '$."b c"', binary=True),
    _sampled("money", "$1.00", "-$12,345.67"),
    _sampled("tsvector", "'a' 'b':1A,2", "'it''s' 'x y'"),
    _sampled("tsquery", "'a' & 'b'", "'x y' <-> !'z'"),
    _sampled("point", "(1,2)", "(0.1,1e+30)"),
    _sampled("line", "{1,-1,0}"),
    _sampled("lseg", "[(1,2),(3,4)]"),
    _sampled("box", "(3,4),(1,2)"),
    _sampled("path", "[(1,2),(3,4)]", "((1,2),(3,4))"),
    _sampled("polygon", "((1,2),(3,4),(5,0))"),
    _sampled("circle", "<(1,2),3>"),
    _sampled("regclass", "pg_class", "pg_type"),
    _sampled("regtype", "integer", "character varying"),
    _sampled("regproc", "pg_sleep"),
    _sampled("regrole", "pg_monitor"),
    _sampled("regnamespace", "pg_catalog"),
    _sampled("pg_snapshot", "10:20:10,14,15"),
    _sampled("txid_snapshot", "10:20:10,14,15"),
    Case("public.hstore", st.dictionaries(TEXT, st.none() | TEXT, max_size=3), "ext.hstore"),
    Case("public.citext", TEXT),
    Case("public.vector", FLOATS, list_like=True),
    Case("public.halfvec", HALVES, list_like=True),
    Case("public.mood", st.sampled_from(list(Mood))),
    Case("public.pair", st.builds(Pair, st.none() | TEXT, st.none() | st.sampled_from(list(Mood)), st.none() | st.lists(st.none() | TEXT, max_size=3))),
    Case("public.floats", _range(st.floats(-1e9, 1e9), discrete=False)),
    Case("public.floats_multi", _multirange(st.floats(-1e9, 1e9))),
    Case("public.moods", _range(st.integers(0, len(Mood) - 1), discrete=False).map(_of_moods)),
    Case("public.code", TEXT.filter(lambda s: s != "no")),
    Case("public.code_of_code", TEXT.filter(lambda s: s != "no")),
    Case("public.codes", st.lists(st.none() | TEXT, min_size=1, max_size=3), list_like=True),
)  # fmt: skip

SCHEMA: Final = r"""
CREATE SCHEMA ext;
CREATE TYPE mood AS ENUM ('sad', 'so, so', E'it\'s "fine" \\ {ok}', '', 'NULL', 'glücklich');
CREATE DOMAIN code AS text CHECK (VALUE <> 'no');
CREATE DOMAIN code_of_code AS code;
CREATE DOMAIN codes AS text[];
CREATE TYPE pair AS (name text, mood mood, codes code[]);
CREATE TYPE floats AS RANGE (SUBTYPE = float8, MULTIRANGE_TYPE_NAME = floats_multi);
CREATE TYPE moods AS RANGE (SUBTYPE = mood);
"""

EXTENSIONS: Final = {"hstore": "ext", "citext": "public", "vector": "public"}
"""Where each is created: hstore in another schema than the store was compiled with."""


@dataclass(frozen=True)
class Wrapping:
    """The domain and the composites over one case.

    `record` has the type as a field in every form. `labelled` also has a `regclass`, which
    has no binary form, so that all of it is sent as text.
    """

    case: Case
    record: type[Any]
    labelled: type[Any]

    @property
    def domain(self) -> str:
        return f"public.d_{self.case.label}"

    @property
    def fields(self) -> tuple[str, ...]:
        case = self.case
        return (case.name, case.array(1), case.array(2), self.domain, f"{self.domain}[]")

    def ddl(self) -> str:
        name, label = self.case.sql_name, self.case.label
        fields = f"one {name}, list {name}[], grid {name}[], item d_{label}, items d_{label}[]"
        return f"""
            CREATE DOMAIN d_{label} AS {name};
            CREATE TYPE r_{label} AS ({fields});
            CREATE TYPE t_{label} AS ({fields}, anchor regclass);
        """


def _wrapping(case: Case) -> Wrapping:
    fields = ("one", "list", "grid", "item", "items")
    return Wrapping(
        case,
        make_dataclass(f"Record_{case.label}", fields, slots=True),
        make_dataclass(f"Labelled_{case.label}", (*fields, "anchor"), slots=True),
    )


WRAPPINGS: Final = tuple(_wrapping(case) for case in CASES)

TYPES: Final = StoreTypes(
    enums={"public.mood": Mood},
    composites={
        "public.pair": CompositeType(Pair, ("text", "public.mood", "public.code[]")),
        **{f"public.r_{w.case.label}": CompositeType(w.record, w.fields) for w in WRAPPINGS},
        **{
            f"public.t_{w.case.label}": CompositeType(w.labelled, (*w.fields, "regclass"))
            for w in WRAPPINGS
        },
    },
    domains={
        "public.code": "text",
        "public.code_of_code": "public.code",
        "public.codes": "text[]",
        **{w.domain: w.case.name for w in WRAPPINGS},
    },
    ranges={"public.floats": "float8", "public.moods": "public.mood"},
    multiranges={"public.floats_multi": "public.floats"},
    extensions={
        "public.hstore": "hstore",
        "public.citext": "citext",
        "public.vector": "vector",
        "public.halfvec": "halfvec",
    },
)


def grids(values: Values) -> Values:
    """Give two-dimensional arrays."""

    def rows(width: int) -> Values:
        row = st.lists(values, min_size=width, max_size=width)
        return st.lists(row, min_size=1, max_size=2)

    return st.integers(1, 2).flatmap(rows)


Maker = Callable[..., Any]


def rows_of(wrapping: Wrapping) -> Values:
    """Give one value of every form of the type, as a tuple of parameters."""
    value = st.none() | wrapping.case.values
    list_ = st.lists(value, max_size=3)
    forms = (value, st.none() | list_, grids(value), value, st.none() | list_)
    record = st.none() | st.builds(wrapping.record, *forms)
    labelled = st.builds(wrapping.labelled, *forms, st.just("pg_class"))
    return st.tuples(*forms, record, st.lists(record, max_size=2), labelled)


def same(expected: Any, actual: Any) -> bool:
    """Say whether two values are equal and of one type at every depth."""
    if type(expected) is not type(actual):
        return False
    if isinstance(expected, float | Decimal) and expected != expected:
        return bool(actual != actual)
    if isinstance(expected, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, dict):
        return expected.keys() == actual.keys() and all(
            same(value, actual[key]) for key, value in expected.items()
        )
    if isinstance(expected, time) and expected.utcoffset() != actual.utcoffset():
        return False
    if hasattr(expected, "__match_args__"):
        return all(
            same(getattr(expected, name), getattr(actual, name)) for name in expected.__match_args__
        )
    return bool(expected == actual)
