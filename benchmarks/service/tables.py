"""Which tables the made-up service has: a core, and eight tables for each of its subjects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.service.schema import Column, Enum, Schema, Table, View

# fmt: off
SUBJECTS = (
    "project", "invoice", "shipment", "ticket", "campaign", "contract", "product",
    "order_request", "warehouse", "device", "workflow", "document", "course", "listing",
    "vehicle", "survey", "booking", "asset", "incident", "budget", "recipe", "venue",
    "deployment", "experiment",
)
# fmt: on
TABLES_PER_SUBJECT = 8

_ID = Column("id", "uuid", default="gen_random_uuid()")
_NUMBER = Column("id", "bigint", is_identity=True)
_CREATED = Column("created_at", "timestamptz", default="now()")
_UPDATED = Column("updated_at", "timestamptz", default="now()")
_DELETED = Column("deleted_at", "timestamptz", nullable=True, comment="Set when it was archived.")
_ORGANIZATION = Column("organization_id", "uuid", references="organizations")

_ATTRIBUTES = (
    Column("external_id", "text", nullable=True, comment="What the customer calls it."),
    Column("currency", "text", default="'EUR'"),
    Column("budget", "numeric(14, 2)", nullable=True),
    Column("due_at", "timestamptz", nullable=True),
    Column("starts_on", "date", nullable=True),
    Column("priority", "integer", default="0"),
    Column("is_public", "boolean", default="false"),
    Column("aliases", "text[]", default="'{}'"),
    Column("watcher_ids", "uuid[]", default="'{}'"),
    Column("attributes", "jsonb", default="'{}'"),
    Column("address", "jsonb", nullable=True),
    Column("ip_address", "inet", nullable=True),
    Column("weight", "double precision", nullable=True),
    Column("digest", "bytea", nullable=True),
    Column("estimate", "interval", nullable=True),
    Column("retry_count", "smallint", default="0"),
    Column("byte_size", "bigint", default="0", comment="In bytes."),
    Column("locale", "text", default="'en'"),
    Column("approved_by", "uuid", nullable=True, references="users"),
    Column("approved_at", "timestamptz", nullable=True),
    Column("rejected_at", "timestamptz", nullable=True),
    Column("rejection_reason", "text", nullable=True),
    Column("icon", "text", default="''"),
    Column("source_url", "text", nullable=True),
    Column("tax_rate", "numeric(6, 4)", default="0"),
    Column("discount", "numeric(12, 2)", nullable=True),
    Column("time_zone", "text", default="'UTC'"),
    Column("reminder_after", "interval", default="'1 day'"),
    Column("is_locked", "boolean", default="false", comment="Whether changes are refused."),
    Column("is_billable", "boolean", nullable=True),
    Column("contact_emails", "text[]", default="'{}'"),
    Column("metadata", "jsonb", default="'{}'"),
    Column("last_error", "jsonb", nullable=True),
    Column("completed_on", "date", nullable=True),
    Column("score", "double precision", default="0"),
    Column("request_id", "uuid", nullable=True),
    Column("client_version", "text", default="''"),
    Column("created_by", "uuid", nullable=True, references="users"),
)


@dataclass
class _Builder:
    enums: list[Enum] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    views: list[View] = field(default_factory=list)

    def enum(self, name: str, *labels: str) -> str:
        self.enums.append(Enum(name, labels))
        return name


def build_schema(tables: int, rng: Random) -> Schema:
    """Give a schema of that many tables: 8 for each subject, the core takes what is left.

    Raises ValueError when there are not 2 to 8 left for the core.
    """
    subjects = (tables - 2) // TABLES_PER_SUBJECT
    core = tables - subjects * TABLES_PER_SUBJECT
    if not 1 <= subjects <= len(SUBJECTS) or not 2 <= core <= 8:
        raise ValueError(f"no schema of {tables} tables")
    builder = _Builder()
    builder.enum("member_role", "owner", "editor", "viewer")
    builder.enum("user_status", "invited", "active", "suspended")
    builder.tables += _core()[:core]
    for subject in SUBJECTS[:subjects]:
        _add_subject(builder, subject, rng)
    return Schema(tuple(builder.enums), tuple(builder.tables), tuple(builder.views))


def _core() -> Sequence[Table]:
    return (
        _table(
            "organization",
            _ID,
            _text("name"),
            _text("slug"),
            Column("display_name", "text", default="''"),
            Column("description", "text", nullable=True),
            Column("settings", "jsonb", default="'{}'"),
            Column("is_default", "boolean", default="false"),
            unique=(("slug",),),
        ),
        _table(
            "user",
            _ID,
            _text("email"),
            _text("name"),
            Column("status", "user_status", default="'invited'"),
            Column("avatar_url", "text", nullable=True),
            Column("roles", "text[]", default="'{}'"),
            Column("preferences", "jsonb", default="'{}'"),
            Column("last_seen_at", "timestamptz", nullable=True),
            Column("password_hash", "bytea", nullable=True),
            Column("is_system", "boolean", default="false"),
            Column("locale", "text", default="'en'"),
            Column("quiet_hours", "interval", nullable=True),
            _DELETED,
            unique=(("email",),),
        ),
        _table(
            "organization_member",
            _ORGANIZATION,
            _user("user_id"),
            Column("role", "member_role", default="'viewer'"),
            key=("organization_id", "user_id"),
        ),
        _table(
            "group",
            _ID,
            _ORGANIZATION,
            _text("name"),
            Column("quota", "integer", default="0"),
            unique=(("organization_id", "name"),),
        ),
        _table(
            "group_member",
            Column("group_id", "uuid", references="groups"),
            _user("user_id"),
            key=("group_id", "user_id"),
        ),
        _table(
            "session",
            _ID,
            _user("user_id"),
            Column("token_hash", "bytea"),
            Column("ip_address", "inet", nullable=True),
            Column("expires_at", "timestamptz"),
            unique=(("token_hash",),),
        ),
        _table(
            "api_key",
            _ID,
            _user("user_id"),
            _text("name"),
            Column("secret_hash", "bytea"),
            Column("scopes", "text[]", default="'{}'"),
            Column("lifetime", "interval", nullable=True),
            unique=(("user_id", "name"),),
        ),
        _table(
            "audit_log",
            _NUMBER,
            _ORGANIZATION,
            _user("actor_id", nullable=True),
            _text("action"),
            Column("resource_id", "uuid", nullable=True),
            Column("difference", "jsonb", default="'{}'"),
        ),
    )


def _add_subject(builder: _Builder, subject: str, rng: Random) -> None:
    status = builder.enum(f"{subject}_status", "draft", "active", "on-hold", "done", "cancelled")
    kind = builder.enum(f"{subject}_event_kind", "created", "changed", "moved", "closed")
    builder.tables += [
        _root(subject, status, rng),
        _item(subject, rng),
        *_annotations(subject, kind, rng),
        *_history(subject, rng),
    ]
    builder.views += _views(subject)


def _root(subject: str, status: str, rng: Random) -> Table:
    return _table(
        subject,
        _ID,
        _ORGANIZATION,
        _user("owner_id"),
        _text("name"),
        _text("slug"),
        Column("description", "text", nullable=True),
        Column("status", status, default="'draft'"),
        *_some(rng, 8, 20),
        _DELETED,
        unique=(("organization_id", "slug"),),
        checks=("slug <> ''",),
    )


def _item(subject: str, rng: Random) -> Table:
    return _table(
        f"{subject}_item",
        _ID,
        _parent(subject),
        Column("position", "integer"),
        _text("title"),
        Column("amount", "numeric(12, 2)", default="0"),
        Column("quantity", "integer", default="1"),
        _user("assignee_id", nullable=True),
        *_some(rng, 4, 12),
        unique=((f"{subject}_id", "position"),),
        checks=("quantity >= 0", "amount >= 0"),
    )


def _annotations(subject: str, kind: str, rng: Random) -> Iterator[Table]:
    yield _table(
        f"{subject}_member",
        _parent(subject),
        _user("user_id"),
        Column("role", "member_role", default="'viewer'"),
        _user("added_by", nullable=True),
        key=(f"{subject}_id", "user_id"),
    )
    yield _table(
        f"{subject}_event",
        _NUMBER,
        _parent(subject),
        _user("actor_id", nullable=True),
        Column("kind", kind),
        Column("payload", "jsonb", default="'{}'"),
        Column("duration", "interval", nullable=True),
        *_some(rng, 1, 6),
    )
    yield _table(
        f"{subject}_comment",
        _ID,
        _parent(subject),
        _user("author_id", nullable=True),
        Column("parent_id", "uuid", nullable=True, references=f"{subject}_comments"),
        _text("body"),
        Column("mentions", "uuid[]", default="'{}'"),
        Column("edited_at", "timestamptz", nullable=True),
        *_some(rng, 1, 6),
        _DELETED,
    )


def _history(subject: str, rng: Random) -> Iterator[Table]:
    yield _table(
        f"{subject}_label",
        _ID,
        _ORGANIZATION,
        _text("name"),
        Column("color", "text", default="'#888888'"),
        unique=(("organization_id", "name"),),
    )
    yield _table(
        f"{subject}_item_label",
        Column(f"{subject}_item_id", "uuid", references=f"{subject}_items"),
        Column(f"{subject}_label_id", "uuid", references=f"{subject}_labels"),
        key=(f"{subject}_item_id", f"{subject}_label_id"),
    )
    yield _table(
        f"{subject}_revision",
        _parent(subject),
        Column("version", "integer"),
        _user("author_id", nullable=True),
        Column("content", "jsonb"),
        Column("checksum", "bytea", nullable=True),
        Column("note", "text", nullable=True),
        *_some(rng, 1, 6),
        key=(f"{subject}_id", "version"),
    )


def _views(subject: str) -> Iterator[View]:
    yield View(
        f"{subject}_overviews",
        f"{subject}s",
        f"""SELECT {subject}s.id, {subject}s.organization_id, {subject}s.name, {subject}s.status,
    {subject}s.owner_id, users.name AS owner_name, users.email AS owner_email,
    {subject}s.created_at, totals.item_count, totals.total_amount
FROM {subject}s
JOIN users ON users.id = {subject}s.owner_id
LEFT JOIN (
    SELECT {subject}_items.{subject}_id, count(*) AS item_count,
        sum({subject}_items.amount) AS total_amount
    FROM {subject}_items
    GROUP BY {subject}_items.{subject}_id
) totals ON totals.{subject}_id = {subject}s.id
WHERE {subject}s.deleted_at IS NULL""",
    )
    yield View(
        f"open_{subject}_items",
        f"{subject}_items",
        f"""SELECT {subject}_items.id, {subject}_items.{subject}_id, {subject}_items.title,
    {subject}_items.amount, {subject}_items.assignee_id, users.name AS assignee_name,
    {subject}s.organization_id, {subject}s.status AS {subject}_status, {subject}_items.created_at
FROM {subject}_items
JOIN {subject}s ON {subject}s.id = {subject}_items.{subject}_id
LEFT JOIN users ON users.id = {subject}_items.assignee_id
WHERE {subject}s.status <> 'done' AND {subject}s.deleted_at IS NULL""",
    )


def _table(
    singular: str,
    *columns: Column,
    key: tuple[str, ...] = ("id",),
    unique: tuple[tuple[str, ...], ...] = (),
    checks: tuple[str, ...] = (),
) -> Table:
    title = singular.replace("_", " ").capitalize()
    return Table(
        name=f"{singular}s",
        singular=singular,
        columns=(*columns, _CREATED, _UPDATED),
        key=key,
        newest="created_at",
        unique=unique,
        checks=checks,
        comment=f"{title}s of the service.",
    )


def _text(name: str) -> Column:
    return Column(name, "text")


def _user(name: str, nullable: bool = False) -> Column:
    return Column(name, "uuid", nullable=nullable, references="users")


def _parent(subject: str) -> Column:
    return Column(f"{subject}_id", "uuid", references=f"{subject}s")


def _some(rng: Random, least: int, most: int) -> Iterator[Column]:
    chosen = rng.sample(range(len(_ATTRIBUTES)), rng.randint(least, most))
    return (_ATTRIBUTES[index] for index in sorted(chosen))
