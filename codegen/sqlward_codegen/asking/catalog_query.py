"""Read the `Catalog` from a server's system tables ("System Catalogs" in the manual)."""

from __future__ import annotations

import hashlib
from typing import Any

from psycopg import Connection, RawCursor
from psycopg.rows import namedtuple_row

from sqlward_codegen.catalog import (
    Catalog,
    Column,
    Constraint,
    ConstraintKind,
    Field,
    Function,
    Key,
    Operator,
    Relation,
    RelationKind,
    Type,
    TypeKind,
    View,
)

_USER_SCHEMA = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'"

_RELATIONS = f"""
SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltype,
       obj_description(c.oid, 'pg_class') AS comment,
       EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid) AS has_children,
       c.relhasrules OR EXISTS (SELECT FROM pg_trigger g
                                WHERE g.tgrelid = c.oid AND g.tgtype & 2 <> 0) AS has_triggers
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_USER_SCHEMA} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY n.nspname, c.relname
"""

# A NOT NULL holds for what a SELECT sees only if every table below has it too: children may
# lack it up to 17, foreign tables never check it, and 18 has constraints that are NOT VALID.
_COLUMNS = rf"""
WITH RECURSIVE family (root, member) AS (
    SELECT c.oid, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_USER_SCHEMA} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  UNION
    SELECT f.root, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.member
), weak (relation, name) AS (
    SELECT f.root, a.attname
    FROM family f
    JOIN pg_class c ON c.oid = f.member
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_constraint k
      ON k.conrelid = c.oid AND k.contype = 'n' AND NOT k.convalidated
     AND k.conkey = ARRAY[a.attnum]
    WHERE NOT a.attnotnull OR c.relkind NOT IN ('r', 'p') OR k.oid IS NOT NULL
)
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims,
       NOT EXISTS (SELECT FROM weak w WHERE w.relation = a.attrelid AND w.name = a.attname)
         AS is_not_null,
       a.atthasdef, a.attidentity <> '' AS is_identity, a.attgenerated <> '' AS is_generated,
       col_description(a.attrelid, a.attnum) AS comment,
       EXISTS (SELECT FROM pg_attrdef d
               CROSS JOIN regexp_matches(d.adbin::text, ':(?:op)?funcid (\d+)', 'g') AS called
               JOIN pg_proc p ON p.oid = called[1]::oid
               WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND p.provolatile = 'v'
                 AND p.oid <> 'pg_catalog.nextval(regclass)'::regprocedure)
         AS has_volatile_default
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_USER_SCHEMA} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""

# `int2vector` and `oidvector` can be subscripted too, but are types of their own.
_TYPES = f"""
SELECT t.oid, n.nspname, t.typname, t.typnotnull, t.typrelid, t.typarray,
       CASE WHEN et.typarray = t.oid THEN 'a' ELSE t.typtype END AS kind,
       CASE t.typtype WHEN 'd' THEN t.typbasetype
                      WHEN 'r' THEN r.rngsubtype WHEN 'm' THEN m.rngsubtype
                      ELSE t.typelem END AS element,
       e.extname, obj_description(t.oid, 'pg_type') AS comment
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_range m ON m.rngmultitypid = t.oid
LEFT JOIN pg_depend d
  ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
LEFT JOIN pg_extension e ON e.oid = d.refobjid
LEFT JOIN pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_type et ON et.oid = t.typelem
WHERE ({_USER_SCHEMA})
   OR (n.nspname = 'pg_catalog' AND t.typrelid = 0 AND coalesce(et.typrelid, 0) = 0)
ORDER BY n.nspname, t.typname
"""

_LABELS = """
SELECT enumtypid, enumlabel FROM pg_enum ORDER BY enumtypid, enumsortorder
"""

_FIELDS = f"""
SELECT c.reltype, a.attname, a.atttypid, a.atttypmod, a.attndims
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_USER_SCHEMA} AND c.relkind IN ('c', 'r', 'p', 'v', 'm', 'f')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.reltype, a.attnum
"""

# A unique index of a table with (plain) inheritance children says nothing of the children's
# rows; a deferrable one can be violated until the transaction ends.
_KEYS = """
SELECT i.indrelid, ic.relname, i.indisprimary, i.indkey::int2[] AS columns, i.indnkeyatts,
       i.indexprs::text AS expressions, i.indpred::text AS predicate, {nulls_not_distinct},
       ARRAY(SELECT o.opcfamily FROM unnest(i.indclass::oid[]) WITH ORDINALITY AS u (oid, n)
             JOIN pg_opclass o ON o.oid = u.oid ORDER BY u.n) AS families,
       i.indcollation::oid[] AS collations
FROM pg_index i
JOIN pg_class ic ON ic.oid = i.indexrelid
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {user_schema} AND c.relkind IN ('r', 'p', 'm')
  AND i.indisunique AND i.indisvalid AND i.indimmediate
  AND (c.relkind <> 'r' OR NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = c.oid))
ORDER BY i.indrelid, i.indisprimary DESC, ic.relname
"""

_CONSTRAINTS = f"""
SELECT k.conname, k.contype, n.nspname, coalesce(c.relname, t.typname) AS relname,
       coalesce(c.oid, 0) AS relation, coalesce(k.conkey, '{{}}') AS columns, k.convalidated,
       CASE k.contype WHEN 'c' THEN k.conbin::text END AS expression,
       k.confrelid, coalesce(k.confkey, '{{}}') AS target_columns
FROM pg_constraint k
JOIN pg_namespace n ON n.oid = k.connamespace
LEFT JOIN pg_class c ON c.oid = k.conrelid
LEFT JOIN pg_type t ON t.oid = k.contypid
WHERE {_USER_SCHEMA} AND k.contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL
SELECT ic.relname, 'u', n.nspname, c.relname, c.oid, i.indkey::int2[], true, NULL, 0, '{{}}'
FROM pg_index i
JOIN pg_class ic ON ic.oid = i.indexrelid
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_USER_SCHEMA} AND i.indisunique
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY 3, 4, 1
"""

_FUNCTIONS = f"""
SELECT p.oid, n.nspname, p.proname, p.proretset, p.proisstrict, p.prorettype,
       p.proargtypes::oid[] AS argument_types, coalesce(p.proargnames, '{{}}') AS argument_names,
       e.extname, p.provolatile = 'i' AS is_immutable
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_depend d
  ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
LEFT JOIN pg_extension e ON e.oid = d.refobjid
WHERE {_USER_SCHEMA}
ORDER BY n.nspname, p.proname, p.oid
"""

_VIEWS = f"""
SELECT w.ev_class, w.ev_action::text AS tree
FROM pg_rewrite w
JOIN pg_class c ON c.oid = w.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_USER_SCHEMA} AND w.ev_type = '1' AND c.relkind IN ('v', 'm')
ORDER BY w.ev_class
"""

_OPERATORS = """
SELECT o.oid, o.oprname,
       ARRAY(SELECT a.amopfamily FROM pg_amop a
             WHERE a.amopopr = o.oid AND a.amopmethod = 403 AND a.amopstrategy = 3
             ORDER BY a.amopfamily) AS families
FROM pg_operator o
WHERE EXISTS (SELECT FROM pg_amop a
              WHERE a.amopmethod = 403 AND a.amopopr IN (o.oid, o.oprnegate))
ORDER BY o.oid
"""

_NONDETERMINISTIC = "SELECT oid FROM pg_collation WHERE NOT collisdeterministic ORDER BY oid"

_VOLATILE = "SELECT oid FROM pg_proc WHERE provolatile = 'v' ORDER BY oid"

_FINGERPRINT = f"""
SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '')
FROM (
    SELECT format('relation %s %s %s.%s', c.oid, c.reltype, n.nspname, c.relname) AS line
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_USER_SCHEMA}
  UNION ALL
    SELECT format('type %s %s.%s', t.oid, n.nspname, t.typname)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {_USER_SCHEMA}
  UNION ALL
    SELECT format('function %s %s.%s', p.oid, n.nspname, p.proname)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_USER_SCHEMA}
) AS lines
"""


def read_catalog(connection: Connection[Any]) -> Catalog:
    """Give the schema of the connected database."""
    ask = _Asker(connection)
    version = connection.info.server_version
    columns = _group(ask(_COLUMNS), _column)
    labels = _group(ask(_LABELS), lambda row: str(row.enumlabel))
    fields = _group(ask(_FIELDS), _field)
    return Catalog(
        server_version=version,
        relations=tuple(_relation(row, columns) for row in ask(_RELATIONS)),
        types=tuple(_type(row, labels, fields) for row in ask(_TYPES)),
        keys=tuple(_key(row) for row in ask(_keys_query(version))),
        constraints=tuple(_constraint(row) for row in ask(_CONSTRAINTS)),
        functions=tuple(_function(row) for row in ask(_FUNCTIONS)),
        views=tuple(View(row.ev_class, row.tree) for row in ask(_VIEWS)),
        operators=tuple(
            Operator(row.oid, row.oprname, tuple(row.families)) for row in ask(_OPERATORS)
        ),
        nondeterministic_collations=tuple(row.oid for row in ask(_NONDETERMINISTIC)),
        volatile_functions=tuple(row.oid for row in ask(_VOLATILE)),
    )


def catalog_fingerprint(connection: Connection[Any]) -> str:
    """Give a digest of the OIDs that a `Catalog` of this database would hold.

    Two databases with the same schema and the same digest can share what was inferred.
    """
    (row,) = _Asker(connection)(_FINGERPRINT)
    text = f"{connection.info.server_version}\n{row[0]}"
    return hashlib.sha256(text.encode()).hexdigest()


class _Asker:
    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def __call__(self, sql: str) -> list[Any]:
        cursor = RawCursor(self._connection, row_factory=namedtuple_row)
        return cursor.execute(sql.encode()).fetchall()


def _group(rows: list[Any], make: Any) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(make(row))
    return groups


def _keys_query(version: int) -> str:
    column = "i.indnullsnotdistinct" if version >= 150000 else "false AS indnullsnotdistinct"
    return _KEYS.format(nulls_not_distinct=column, user_schema=_USER_SCHEMA)


def _relation(row: Any, columns: dict[int, list[Column]]) -> Relation:
    return Relation(
        oid=row.oid,
        schema=row.nspname,
        name=row.relname,
        kind=RelationKind(row.relkind),
        row_type_oid=row.reltype,
        columns=tuple(columns.get(row.oid, ())),
        comment=row.comment,
        has_children=row.has_children,
        has_triggers=row.has_triggers,
    )


def _column(row: Any) -> Column:
    return Column(
        number=row.attnum,
        name=row.attname,
        type_oid=row.atttypid,
        type_modifier=row.atttypmod,
        dimensions=row.attndims,
        is_not_null=row.is_not_null,
        has_default=row.atthasdef,
        is_identity=row.is_identity,
        is_generated=row.is_generated,
        comment=row.comment,
        has_volatile_default=row.has_volatile_default,
    )


def _field(row: Any) -> Field:
    return Field(row.attname, row.atttypid, row.atttypmod, row.attndims)


def _type(row: Any, labels: dict[int, list[str]], fields: dict[int, list[Field]]) -> Type:
    return Type(
        oid=row.oid,
        schema=row.nspname,
        name=row.typname,
        kind=TypeKind(row.kind),
        element_oid=row.element,
        array_oid=row.typarray,
        is_not_null=row.typnotnull,
        labels=tuple(labels.get(row.oid, ())),
        fields=tuple(fields.get(row.oid, ())),
        relation_oid=row.typrelid,
        extension=row.extname,
        comment=row.comment,
    )


def _key(row: Any) -> Key:
    return Key(
        relation_oid=row.indrelid,
        name=row.relname,
        is_primary=row.indisprimary,
        columns=tuple(row.columns[: row.indnkeyatts]),
        expressions=row.expressions,
        predicate=row.predicate,
        nulls_not_distinct=row.indnullsnotdistinct,
        families=tuple(row.families),
        collations=tuple(row.collations),
    )


def _constraint(row: Any) -> Constraint:
    return Constraint(
        name=row.conname,
        kind=ConstraintKind(row.contype),
        schema=row.nspname,
        table=row.relname,
        relation_oid=row.relation,
        columns=tuple(row.columns),
        is_validated=row.convalidated,
        expression=row.expression,
        target_oid=row.confrelid,
        target_columns=tuple(row.target_columns),
    )


def _function(row: Any) -> Function:
    return Function(
        oid=row.oid,
        schema=row.nspname,
        name=row.proname,
        argument_names=tuple(row.argument_names),
        argument_types=tuple(row.argument_types),
        return_type=row.prorettype,
        returns_set=row.proretset,
        is_strict=row.proisstrict,
        extension=row.extname,
        is_immutable=row.is_immutable,
    )
