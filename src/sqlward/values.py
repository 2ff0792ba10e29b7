"""Python types of values that the standard library has no single name for."""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import TypeAlias

from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

__all__ = ["Cidr", "Inet", "Multirange", "Range"]

Inet: TypeAlias = IPv4Address | IPv6Address | IPv4Interface | IPv6Interface
"""An `inet`: an address, or an interface when the prefix is not the whole address."""

Cidr: TypeAlias = IPv4Network | IPv6Network
"""A `cidr`."""
