"""Python names for what SQL and its users name.

Every function here gives a valid identifier (NFKC, never a keyword) for any text, the empty
text included; what makes names unique among their neighbours is `unique`.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache

_UNSAFE = re.compile(r"\W+")
# An acronym keeps its plural (`IDs`), digits stay with what they follow (`sha256`).
_WORD = re.compile(r"OAuth\d*(?=[A-Z_]|$)|[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[^A-Z_]+")

_IRREGULAR = {
    "aliases": "alias",
    "analyses": "analysis",
    "bases": "basis",
    "buses": "bus",
    "caches": "cache",
    "campuses": "campus",
    "children": "child",
    "cookies": "cookie",
    "crises": "crisis",
    "criteria": "criterion",
    "databases": "database",
    "diagnoses": "diagnosis",
    "feet": "foot",
    "geese": "goose",
    "halves": "half",
    "indices": "index",
    "knives": "knife",
    "leaves": "leaf",
    "lives": "life",
    "matrices": "matrix",
    "men": "man",
    "menus": "menu",
    "mice": "mouse",
    "movies": "movie",
    "oxen": "ox",
    "people": "person",
    "purchases": "purchase",
    "quizzes": "quiz",
    "releases": "release",
    "shelves": "shelf",
    "shoes": "shoe",
    "teeth": "tooth",
    "vertices": "vertex",
    "wolves": "wolf",
    "women": "woman",
}
_UNCHANGED = frozenset(
    [
        "atlas",
        "bias",
        "canvas",
        "chaos",
        "cosmos",
        "data",
        "equipment",
        "fish",
        "gas",
        "information",
        "lens",
        "media",
        "meta",
        "metadata",
        "money",
        "news",
        "redis",
        "rice",
        "series",
        "sheep",
        "species",
    ]
)
_ENDINGS = (
    (re.compile(r"(.*[^aefo]us)es$"), r"\1"),
    (re.compile(r"(.*(?:ss|x|ch|sh|zz))es$"), r"\1"),
    (re.compile(r"(.+[^aeiou])ies$"), r"\1y"),
    (re.compile(r"(.*(?:ss|us|sis|xis))$"), r"\1"),
    (re.compile(r"(.+(?:[^aeious]o))es$"), r"\1"),
    (re.compile(r"(.+)s$"), r"\1"),
)


@cache
def snake_case(name: str, otherwise: str = "value") -> str:
    """Give the name of a method, field, parameter or module: `userID` → `user_id`.

    `otherwise` stands in for a name without a letter or digit, and before a leading digit.
    """
    return _safe("_".join(_words(name)), _prefix(name), otherwise)


@cache
def constant_case(name: str, otherwise: str = "VALUE") -> str:
    """Give the name of a constant or of an enum's member: `in progress` → `IN_PROGRESS`."""
    return _safe("_".join(_words(name)).upper(), "", otherwise)


@cache
def pascal_case(name: str, otherwise: str = "Value") -> str:
    """Give the name of a class: `chat_status` → `ChatStatus`."""
    return _safe("".join(w[:1].upper() + w[1:] for w in _words(name)), "", otherwise)


def class_stem(query: str) -> str:
    """Give what the class names of a query begin with: `GetURL`, `list_users` → `ListUsers`."""
    if "_" in query:
        return pascal_case(query, "Query")
    return _safe(query[:1].upper() + query[1:], "", "Query")


def identifier(name: str, otherwise: str = "value") -> str:
    """Give a name that the user chose as the nearest identifier, its case untouched."""
    return _safe(name, "", otherwise)


@cache
def singular(name: str) -> str:
    """Give the singular of a snake_case English plural: `user_addresses` → `user_address`."""
    stem, underscore, last = name.rpartition("_")
    return stem + underscore + _singular_word(last)


def unique(name: str, taken: Collection[str]) -> str:
    """Give `name`, or the first of `name_2`, `name_3`, … that is not taken."""
    if name not in taken:
        return name
    stem = name.rstrip("_") or name
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def unique_all(names: Iterable[str], taken: Collection[str] = ()) -> tuple[str, ...]:
    """Make names unique in their order; a name that stands as it is keeps its plain form."""
    wanted = list(names)
    used = {*taken}
    result: list[str] = []
    for name in wanted:
        free = name if name not in used else unique(name, used.union(wanted))
        used.add(free)
        result.append(free)
    return tuple(result)


def _singular_word(word: str) -> str:
    if word in _UNCHANGED:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for pattern, replacement in _ENDINGS:
        if pattern.match(word):
            return pattern.sub(replacement, word)
    return word


def _words(name: str) -> list[str]:
    cleaned = _cleaned(name)
    if cleaned.islower():
        return [w for w in cleaned.split("_") if w]
    return [w.lower() for w in _WORD.findall(cleaned)]


def _cleaned(name: str) -> str:
    text = _UNSAFE.sub("_", unicodedata.normalize("NFKC", name))
    if text.isascii():
        return text
    # \w admits a few characters (numerals of some scripts) that an identifier does not.
    return "".join(c if f"a{c}".isidentifier() else "_" for c in text)


def _prefix(name: str) -> str:
    """Keep one leading underscore; two would be mangled inside a class."""
    return "_" if name.startswith("_") and not name.startswith("__") else ""


def _safe(name: str, prefix: str, otherwise: str) -> str:
    text = _cleaned(name)
    if not text.strip("_"):
        text = otherwise
    elif not text.isidentifier():
        text = f"{otherwise}_{text}" if otherwise.islower() else _numbered(otherwise, text)
    else:
        text = prefix + text
    if text.startswith("__"):
        text = text.lstrip("_")
        return _safe(text, "", otherwise)
    return f"{text}_" if keyword.iskeyword(text) or text in _RECEIVERS else text


def _numbered(otherwise: str, text: str) -> str:
    return f"{otherwise}_{text}" if otherwise.isupper() else otherwise + text


# The first parameter of a method; a field or parameter of that name would hide it.
_RECEIVERS = frozenset({"self", "cls"})
