"""Hold the declared resources against the schema: every name there, every type usable."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlward_codegen.authz.declarations import Declarations
from sqlward_codegen.authz.resources import Child, Resource, Resources, TableName, shown_table
from sqlward_codegen.catalog import (
    Catalog,
    Column,
    ConstraintKind,
    Relation,
    RelationKind,
    TypeKind,
)
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.messages.suggest import did_you_mean
from sqlward_codegen.settings.config_table import Complaints

_TABLES: Final = (RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.FOREIGN_TABLE)
_ID_PARTS: Final = ("id", "owner", "organization")


def checked(
    declarations: Declarations, catalog: Catalog
) -> tuple[Resources, tuple[Diagnostic, ...]]:
    """Give the resources that are right, with what the schema adds, and what is wrong."""
    checker = _Checker(catalog, declarations.resources, declarations.complaints())
    resources = tuple(r for r in declarations.resources.resources if checker.resource(r))
    known = {r.table for r in declarations.resources.resources}
    known |= {c.table for c in declarations.resources.children}
    children = tuple(
        found
        for child in declarations.resources.children
        if (found := checker.child(child, known)) is not None
    )
    loops = checker.loops(children)
    kept = tuple(child for child in children if child.table not in loops)
    said = (*declarations.diagnostics, *checker.complaints.found)
    return Resources(resources, kept), said


class _Checker:
    def __init__(self, catalog: Catalog, resources: Resources, complaints: Complaints) -> None:
        self.complaints = complaints
        self._resources = resources
        self._catalog = catalog
        self._tables = {(r.schema, r.name): r for r in catalog.relations if r.kind in _TABLES}

    def resource(self, resource: Resource) -> bool:
        relation = self._relation(resource.table)
        if relation is None:
            return False
        before = len(self.complaints.found)
        for part, name in resource.parts:
            column = self._column(relation, resource.table, name, part)
            if column is not None:
                self._type(resource, column, part)
        for name in resource.text_ids:
            self._column(relation, resource.table, name, "text_ids")
        self._identity(resource, relation)
        if resource.group_acl and not resource.organization:
            self._add(
                resource.table,
                "group_acl",
                "a group ACL counts for members of the object's organization only",
                "name the column `organization` too, or leave `group_acl` out",
                "SW402",
            )
        return before == len(self.complaints.found)

    def child(self, child: Child, known: set[TableName]) -> Child | None:
        relation = self._relation(child.table)
        if relation is None:
            return None
        if child.parent not in known:
            name = shown_table(child.parent)
            help = did_you_mean(name, map(shown_table, known))
            way_out = help or f"declare `[{name}]` as well"
            self._add(child.table, "parent", f"`{name}` is declared nowhere", way_out)
            return None
        columns = self._references(relation, child.parent)
        if child.column:
            column = self._column(relation, child.table, child.column, "column")
            key = columns.get(child.column) or self._key(child.parent)
            return replace(child, key=key) if column is not None else None
        if len(columns) == 1:
            ((column_name, key),) = columns.items()
            return replace(child, column=column_name, key=key)
        found = f"{len(columns)} of its columns do" if columns else "none of its columns does"
        self._add(
            child.table,
            "parent",
            f"nothing says which column of `{shown_table(child.table)}` refers to "
            f"`{shown_table(child.parent)}`: {found}",
            'name it: `column = "…"`',
            "SW402",
        )
        return None

    def loops(self, children: tuple[Child, ...]) -> set[TableName]:
        """Give the tables that are their own ancestors, and say so."""
        parents = {child.table: child.parent for child in children}
        found: set[TableName] = set()
        for table in parents:
            at, seen = parents[table], {table}
            while at in parents and at not in seen:
                seen.add(at)
                at = parents[at]
            if at == table:
                found.add(table)
                message = f"`{shown_table(table)}` is its own ancestor"
                self._add(table, "parent", message, "one of them must be a resource", "SW402")
        return found

    def _relation(self, table: TableName) -> Relation | None:
        found = self._tables.get(table)
        if found is not None:
            return found
        name = shown_table(table)
        help = did_you_mean(name, map(shown_table, self._tables))
        self._add(table, None, f"there is no table `{name}`", help)
        return None

    def _column(self, relation: Relation, table: TableName, name: str, key: str) -> Column | None:
        found = next((c for c in relation.columns if c.name == name), None)
        if found is None:
            names = [c.name for c in relation.columns if c.name]
            help = did_you_mean(name, names) or f"it has {', '.join(f'`{n}`' for n in names)}"
            self._add(table, key, f"`{shown_table(table)}` has no column `{name}`", help)
        return found

    def _type(self, resource: Resource, column: Column, part: str) -> None:
        name = self._type_name(column.type_oid)
        if part in _ID_PARTS:
            is_uuid = name == "uuid"
            if is_uuid == (column.name in resource.text_ids):
                verb = "leave it out of" if is_uuid else "name it in"
                self._add(
                    resource.table,
                    "text_ids" if is_uuid else part,
                    f"`{column.name}` is of type `{name}`"
                    + (", and not compared as text" if is_uuid else ", not `uuid`"),
                    f'{verb} `text_ids`: `text_ids = ["{column.name}"]`'
                    if not is_uuid
                    else f"{verb} `text_ids`",
                    "SW404",
                )
        elif name != "jsonb":
            self._add(
                resource.table,
                part,
                f"`{column.name}` is of type `{name}`, and an ACL is `jsonb`",
                'keep it as `{"<id>": ["read", "*"]}` in a column of type `jsonb`',
                "SW404",
            )

    def _identity(self, resource: Resource, relation: Relation) -> None:
        column = next((c for c in relation.columns if c.name == resource.id), None)
        if column is None:
            return
        keys = self._catalog.keys_by_relation.get(relation.oid, ())
        unique = any(k.columns == (column.number,) and k.predicate is None for k in keys)
        if not unique or not column.is_not_null:
            self._add(
                resource.table,
                "id",
                f"`{column.name}` does not identify a row of `{shown_table(resource.table)}`",
                "name the column of its primary key, or make it unique and NOT NULL",
                "SW404",
            )

    def _type_name(self, oid: int) -> str:
        found = self._catalog.type_by_oid.get(oid)
        while found is not None and found.kind is TypeKind.DOMAIN:
            found = self._catalog.type_by_oid.get(found.element_oid)
        return found.qualified_name if found else "unknown"

    def _references(self, relation: Relation, parent: TableName) -> dict[str, str]:
        """Give the columns with a foreign key to an identifying column of the parent, and that."""
        target = self._tables.get(parent)
        found: dict[str, str] = {}
        for constraint in self._catalog.constraints:
            is_ours = constraint.relation_oid == relation.oid
            if constraint.kind is not ConstraintKind.FOREIGN_KEY or not is_ours or not target:
                continue
            if constraint.target_oid != target.oid:
                continue
            for own, other in zip(constraint.columns, constraint.target_columns, strict=False):
                column, referred = relation.column(own), target.column(other)
                if column and referred and self._is_key(target, referred):
                    found[column.name] = referred.name
        return found

    def _key(self, parent: TableName) -> str:
        resource = self._resources.by_table.get(parent)
        return resource.id if resource and resource.id else "id"

    def _is_key(self, relation: Relation, column: Column) -> bool:
        keys = self._catalog.keys_by_relation.get(relation.oid, ())
        return any(k.columns == (column.number,) for k in keys)

    def _add(
        self,
        table: TableName,
        key: str | None,
        message: str,
        help: str | None,
        code: str = "SW403",
    ) -> None:
        name = shown_table(table)
        schema, bare = table
        dotted = (schema, bare) if schema != "public" else (name,)
        path = dotted if key is None else (*dotted, key)
        self.complaints.add(code, message, path, help)
