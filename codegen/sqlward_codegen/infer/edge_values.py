"""Values at the edges of PostgreSQL's types, for the probe of total functions.

A function all of whose argument types are here may be called total if no combination of
these values makes it give NULL. Each value is an SQL literal without its cast.
"""

from __future__ import annotations

EDGE_VALUES: dict[str, tuple[str, ...]] = {
    "bool": ("true", "false"),
    "int2": ("0", "1", "-1", "2", "32767", "-32768"),
    "int4": ("0", "1", "-1", "2", "100", "2147483647", "-2147483648"),
    "int8": ("0", "1", "-1", "3", "9223372036854775807", "-9223372036854775808"),
    "float4": ("0", "1.5", "-1", "NaN", "Infinity", "-Infinity", "3.4e38", "1e-38"),
    "float8": ("0", "1.5", "-1", "NaN", "Infinity", "-Infinity", "1.7e308", "1e-307"),
    "numeric": ("0", "1", "-1.50", "0.000", "NaN", "Infinity", "-Infinity", "1e200", "1e-200"),
    "money": ("0", "1.25", "-1", "92233720368547758.07"),
    "text": ("", "a", " ", "abc", "%", "_", "(", "a.c", "[", "\\\\", "é", "1", "-1.5", "{}", "null")
    + ("UTC", "day", "epoch", "UTF8", "hex", "NFC", "{a,b}", "2020-01-01", "infinity", "en"),
    "varchar": ("", "a", " ", "é"),
    "bpchar": ("", "a", " ", "abc"),
    "name": ("", "a", "abc"),
    "char": ("", "a", "1"),
    "bytea": ("", "\\\\x00", "\\\\x616263", "\\\\xff"),
    "date": ("2020-02-29", "infinity", "-infinity", "epoch", "4713-01-01 BC"),
    "time": ("00:00", "24:00", "12:34:56.789"),
    "timetz": ("00:00+00", "24:00-12", "12:34:56+15:59"),
    "timestamp": ("2020-02-29 12:00", "infinity", "-infinity", "epoch", "4713-01-01 BC"),
    "timestamptz": ("2020-02-29 12:00+00", "infinity", "-infinity", "epoch", "4713-01-02 BC"),
    "interval": ("0", "1 day", "-1 mon", "1 year 2 mons 3 days 04:05:06.7", "178000000 years")
    + ("infinity", "-infinity"),
    "uuid": (
        "00000000-0000-0000-0000-000000000000",
        "0190b6a0-7f6a-7c3e-8a5b-0123456789ab",
        "c232ab00-9414-11ec-b3c8-9f6bdeced846",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ),
    "json": ("null", "1", '"a"', "[]", "{}", '[1,null,"a"]', '{"a":null,"b":[1],"":{}}', "true"),
    "jsonb": ("null", "1", '"a"', "[]", "{}", '[1,null,"a"]', '{"a":null,"b":[1],"":{}}', "true"),
    "jsonpath": ("$", "$.a", "$[*]", "strict $.x", "$.a > 1", "$.b.size()"),
    "inet": ("0.0.0.0", "10.0.0.1/8", "::", "::1/64", "255.255.255.255"),
    "cidr": ("0.0.0.0/0", "10.0.0.0/8", "::/0", "::1/128"),
    "macaddr": ("00:00:00:00:00:00", "08:00:2b:01:02:03"),
    "macaddr8": ("00:00:00:00:00:00:00:00", "08:00:2b:ff:fe:01:02:03"),
    "bit": ("", "0", "1", "101"),
    "varbit": ("", "0", "1", "101"),
    "point": ("(0,0)", "(1,2)", "(NaN,1)", "(Infinity,0)"),
    "line": ("{1,0,0}", "{0,1,1}", "{1,1,1}", "{NaN,1,1}"),
    "lseg": ("[(0,0),(1,1)]", "[(0,0),(0,0)]", "[(0,1),(1,0)]", "[(5,5),(6,7)]"),
    "box": ("(0,0),(1,1)", "(0,0),(0,0)", "(5,5),(6,6)"),
    "path": ("[(0,0)]", "((0,0),(1,1),(1,0))", "[(0,0),(1,1)]", "((5,5),(6,6),(7,8))"),
    "polygon": ("((0,0))", "((0,0),(1,1),(1,0))", "((5,5),(6,6),(7,5))"),
    "circle": ("<(0,0),0>", "<(0,0),1>", "<(9,9),1>", "<(0,0),NaN>"),
    "tsvector": ("", "'a':1", "'a':1A 'b':2"),
    "tsquery": ("", "a", "a & b", "!a", "a <-> b"),
    "pg_lsn": ("0/0", "0/1", "FFFFFFFF/FFFFFFFF"),
    "oid": ("0", "1", "4294967295"),
    "xml": ("<a/>", "", "text", "<a>1</a>"),
    "int4range": ("empty", "[1,5)", "(,)", "(,3)", "[3,)"),
    "int8range": ("empty", "[1,5)", "(,)"),
    "numrange": ("empty", "[1,5)", "(,)", "[1,1]"),
    "daterange": ("empty", "[2020-01-01,2020-01-02)", "(,)", "[infinity,)"),
    "tsrange": ("empty", "[2020-01-01,2020-01-02)", "(,)"),
    "tstzrange": ("empty", "[2020-01-01,2020-01-02)", "(,)"),
    "int4multirange": ("{}", "{[1,5)}", "{(,)}", "{[1,2),[5,6)}"),
    "_int4": ("{}", "{1}", "{1,NULL}", "{NULL}", "{{1,2},{3,4}}", "[2:3]={5,6}"),
    "_int8": ("{}", "{1}", "{1,NULL}"),
    "_float8": ("{}", "{1}", "{NaN,NULL}"),
    "_text": ("{}", "{a}", "{a,NULL}", "{NULL}", "{{a,b}}", '{""}'),
}

# What stands for a polymorphic argument: one concrete type in each round.
POLYMORPHIC: tuple[dict[str, str], ...] = (
    {
        "anyelement": "int4",
        "anynonarray": "int4",
        "anyarray": "_int4",
        "anyrange": "int4range",
        "anymultirange": "int4multirange",
        "anycompatible": "int4",
        "anycompatiblenonarray": "int4",
        "anycompatiblearray": "_int4",
        "anycompatiblerange": "int4range",
        "anycompatiblemultirange": "int4multirange",
        "any": "int4",
    },
    {
        "anyelement": "text",
        "anynonarray": "text",
        "anyarray": "_text",
        "anycompatible": "text",
        "anycompatiblenonarray": "text",
        "anycompatiblearray": "_text",
        "any": "jsonb",
    },
)
