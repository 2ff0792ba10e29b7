"""What generated authorization layers lean on at run time."""

from __future__ import annotations

from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
)
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from copy import copy
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from sqlward.authz.actor import current_actor
from sqlward.authz.authorizer import Authorizer
from sqlward.authz.errors import NotAuthorizedError
from sqlward.authz.grant import Grant
from sqlward.authz.model import Object, Subject
from sqlward.transaction import Isolation

LAYER: Final = "authz"

R = TypeVar("R")
T = TypeVar("T")


class Layered(Protocol):
    """Anything with layers around it: a store, or a layer."""

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers around the queries, outermost first."""
        ...


class LayeredStore(Layered, Protocol):
    """A store with transactions."""

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        savepoint: bool = False,
    ) -> AbstractContextManager[Self]:
        """Give the same store in a transaction."""
        ...

    def in_tx(
        self,
        function: Callable[[Self], R],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        attempts: int = 10,
        name: str | None = None,
    ) -> R:
        """Give what the function makes of the store in a transaction."""
        ...


class AsyncLayeredStore(Layered, Protocol):
    """A store with transactions, asynchronous."""

    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        savepoint: bool = False,
    ) -> AbstractAsyncContextManager[Self]:
        """Give the same store in a transaction."""
        ...

    async def in_tx(
        self,
        function: Callable[[Self], Awaitable[R]],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        attempts: int = 10,
        name: str | None = None,
    ) -> R:
        """Give what the function makes of the store in a transaction."""
        ...


S = TypeVar("S", bound=Layered)
S_sync = TypeVar("S_sync", bound=LayeredStore)
S_async = TypeVar("S_async", bound=AsyncLayeredStore)
S_co = TypeVar("S_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Check(Generic[S_co]):
    """What a `custom` rule of the policy module is handed: who acts, and what to ask.

    `store` is the store below the layer, where nobody is asked; in a query that writes it is
    in the transaction of the query.
    """

    query: str
    subject: Subject
    authorizer: Authorizer
    store: S_co

    def authorize(self, action: str, object: Object) -> None:
        """Return when the subject may take the action, else raise `NotAuthorizedError`."""
        self.authorizer.authorize(self.subject, action, object)

    def deny(self) -> NotAuthorizedError:
        """Give the error to raise: `raise check.deny()`."""
        return NotAuthorizedError(self.query)


class Guard(Generic[S]):
    """A store behind authorization, as far as it is the same for both kinds of store.

    The subject is the one of `acting_as`, else `current_actor()`.
    """

    def __init__(self, inner: S, authorizer: Authorizer) -> None:
        self._subject: Subject | None = None
        if isinstance(inner, type(self)):
            # Wrapped once is wrapped: asking twice would say the same twice.
            self._subject = inner._subject
            inner = inner._inner
        if LAYER in inner.layers:
            raise TypeError("there is authorization below this layer already")
        self._inner: S = inner
        self._authorizer = authorizer

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers around the queries, outermost first."""
        return (LAYER, *self._inner.layers)

    def acting_as(self, subject: Subject) -> Self:
        """Give the same store with this subject acting, whoever acts around it."""
        acting = copy(self)
        acting._subject = subject
        return acting

    def _over(self, inner: S) -> Self:
        """Give the same layer around another store: one that is in a transaction."""
        wrapped = copy(self)
        wrapped._inner = inner
        return wrapped

    @property
    def _actor(self) -> Subject:
        return self._subject if self._subject is not None else current_actor()

    def _require_actor(self) -> None:
        """Raise `NoActorError` before anything runs for nobody."""
        _ = self._actor

    def _authorize(self, action: str, object: Object) -> None:
        self._authorizer.authorize(self._actor, action, object)

    def _grant(self, action: str, resource: str) -> Grant:
        return self._authorizer.grant(self._actor, action, resource)

    def _check(self, query: str, inner: S) -> Check[S]:
        return Check(query, self._actor, self._authorizer, inner)

    def _allows(self, action: str, object: Object) -> bool:
        try:
            self._authorizer.authorize(self._actor, action, object)
        except NotAuthorizedError:
            return False
        return True

    def _allowed(self, action: str, rows: Iterable[T], object_of: Callable[[T], Object]) -> list[T]:
        """Give the rows whose objects the subject may take the action on."""
        actor = self._actor
        kept: list[T] = []
        for row in rows:
            try:
                self._authorizer.authorize(actor, action, object_of(row))
            except NotAuthorizedError:
                continue
            kept.append(row)
        return kept

    def _each(
        self, action: str, items: Iterable[T], object_of: Callable[[T], Object]
    ) -> Iterator[T]:
        """Hand on items while each of them may be created; the first that may not ends it all."""
        actor = self._actor
        return _checked(
            items, lambda item: self._authorizer.authorize(actor, action, object_of(item))
        )

    def _each_async(
        self,
        action: str,
        items: Iterable[T] | AsyncIterable[T],
        object_of: Callable[[T], Object],
    ) -> Iterator[T] | AsyncIterator[T]:
        if isinstance(items, AsyncIterable):
            actor = self._actor
            return _checked_async(
                items, lambda item: self._authorizer.authorize(actor, action, object_of(item))
            )
        return self._each(action, items, object_of)


class AuthzLayer(Guard[S_sync]):
    """A store behind authorization."""

    @contextmanager
    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        savepoint: bool = False,
    ) -> Iterator[Self]:
        """Give the same store in a transaction, behind the same layers."""
        begun = self._inner.transaction(
            isolation=isolation, read_only=read_only, savepoint=savepoint
        )
        with begun as inner:
            yield self._over(inner)

    def in_tx(
        self,
        function: Callable[[Self], R],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        attempts: int = 10,
        name: str | None = None,
    ) -> R:
        """Give what the function makes of the store in a transaction, behind the same layers."""
        return self._inner.in_tx(
            lambda inner: function(self._over(inner)),
            isolation=isolation,
            read_only=read_only,
            attempts=attempts,
            name=name or _name(function),
        )


class AsyncAuthzLayer(Guard[S_async]):
    """A store behind authorization, asynchronous."""

    @asynccontextmanager
    async def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        savepoint: bool = False,
    ) -> AsyncIterator[Self]:
        """Give the same store in a transaction, behind the same layers."""
        begun = self._inner.transaction(
            isolation=isolation, read_only=read_only, savepoint=savepoint
        )
        async with begun as inner:
            yield self._over(inner)

    async def in_tx(
        self,
        function: Callable[[Self], Awaitable[R]],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        attempts: int = 10,
        name: str | None = None,
    ) -> R:
        """Give what the function makes of the store in a transaction, behind the same layers."""
        return await self._inner.in_tx(
            lambda inner: function(self._over(inner)),
            isolation=isolation,
            read_only=read_only,
            attempts=attempts,
            name=name or _name(function),
        )


def _name(function: Callable[..., object]) -> str:
    return str(getattr(function, "__qualname__", type(function).__qualname__))


def _checked(items: Iterable[T], check: Callable[[T], None]) -> Iterator[T]:
    for item in items:
        check(item)
        yield item


async def _checked_async(items: AsyncIterable[T], check: Callable[[T], None]) -> AsyncIterator[T]:
    async for item in items:
        check(item)
        yield item


async def nothing() -> AsyncIterator[Any]:
    """Give no rows."""
    return
    yield
