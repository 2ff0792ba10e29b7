"""Names of PostgreSQL types, as a person and as the run time's registry write them."""

from __future__ import annotations

from sqlward_codegen.catalog import Catalog, TypeKind


def type_name(oid: int, catalog: Catalog) -> str:
    """Give `text`, `uuid[]`, `public.chat_status`; `?` and the OID for a type not known."""
    found = catalog.type_by_oid.get(oid)
    if found is None:
        return f"?{oid}"
    if found.kind is TypeKind.ARRAY:
        return f"{type_name(found.element_oid, catalog)}[]"
    return found.qualified_name
