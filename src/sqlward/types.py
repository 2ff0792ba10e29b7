"""What a store needs to know of the schema's own types: the `TYPES` of a generated store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from sqlward.errors import ClientEncodingError

if TYPE_CHECKING:
    from psycopg import BaseConnection

    from sqlward._adapters import Adapters
    from sqlward._oids import FoundType

_DATABASES: Final = 64


@dataclass(frozen=True, slots=True)
class CompositeType:
    """A composite type: the class of its values and the PostgreSQL types of its fields.

    `cls` takes the fields as positional arguments, in the order of `fields`, and names its
    attributes in `__match_args__`, as a dataclass does.
    """

    cls: type[Any]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StoreTypes:
    """The types of a schema by qualified name, `schema.name` without quotes.

    `enums`: the class of each enum, whose values are the labels. `composites`: see
    `CompositeType`. `domains`: the type that each is over. `ranges`: the subtype of each.
    `multiranges`: the range of each. `extensions`: how the value of an extension's type is
    read and written: `hstore`, `citext`, `vector`, `halfvec`, or `text` for any other type,
    which then is the text that PostgreSQL shows.

    `constraints`: the enums of the schema's constraint names, by `unique`, `foreign_key`,
    `check` and `exclusion`; their members are the `constraint` of errors.

    Names of types anywhere in it are those of `Query.parameters`. OIDs are looked up once per
    connection, when a query of the store first runs there; a store without types of its own
    asks nothing. Nothing is registered on the connection or process-wide.
    """

    enums: Mapping[str, type[StrEnum]] = field(default_factory=dict)
    composites: Mapping[str, CompositeType] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, str] = field(default_factory=dict)
    multiranges: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)
    constraints: Mapping[str, type[StrEnum]] = field(default_factory=dict)
    _resolved: WeakKeyDictionary[Any, Adapters] = field(
        default_factory=WeakKeyDictionary, init=False, repr=False
    )
    _built: dict[Any, Adapters] = field(default_factory=dict, init=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that has to be looked up in a database."""
        return (
            *self.enums,
            *self.composites,
            *self.domains,
            *self.ranges,
            *self.multiranges,
            *self.extensions,
        )

    def on(self, connection: BaseConnection[Any]) -> Adapters | None:
        """Give the adapters for a connection, None when it was not asked yet."""
        return self._resolved.get(connection)

    def resolve(self, connection: BaseConnection[Any], found: tuple[FoundType, ...]) -> Adapters:
        """Build the adapters for a connection from what its database has, and keep them.

        Raises `ClientEncodingError` for a connection that does not speak UTF-8.
        """
        if connection.info.encoding != "utf-8":
            raise ClientEncodingError(connection.info.parameter_status("client_encoding") or "")
        from sqlward._adapters import Adapters

        adapters = self._built.get(found)
        if adapters is None:
            adapters = Adapters(self, found)
            while len(self._built) >= _DATABASES:
                self._built.pop(next(iter(self._built)), None)
            self._built[found] = adapters
        if adapters.is_complete:
            self._resolved[connection] = adapters
        return adapters


NO_TYPES: Final = StoreTypes()
"""For a store whose schema defines no types."""
