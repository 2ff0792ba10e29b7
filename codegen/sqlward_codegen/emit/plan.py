"""What the templates turn into files: modules of settled text, one dataclass per kind.

Everything that decides is decided when a plan is made; a template only lays out. A module's
`digest` changes exactly when its text would.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from sqlward_codegen.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class FieldText:
    """A dataclass field; `doc` is the literal that stands under it."""

    name: str
    annotation: str
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class ClassText:
    """A dataclass; `doc` is a literal, `decorator` what stands above."""

    name: str
    decorator: str
    fields: tuple[FieldText, ...]
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionText:
    """A module's function of one argument that returns one expression."""

    name: str
    argument: str
    result: str
    expression: str


@dataclass(frozen=True, slots=True)
class MemberText:
    """A member of an enum; `comment` stands behind it."""

    name: str
    value: str
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class EnumText:
    """A `StrEnum`; `doc` is a literal."""

    name: str
    doc: str
    members: tuple[MemberText, ...]


@dataclass(frozen=True, slots=True)
class QueryText:
    """A query's constant, with the classes and functions that it needs.

    `constructor` is `Query[T]` or `Copy`; `keywords` are its keyword arguments as written.
    """

    constant: str
    constructor: str
    name: str
    sql: str
    keywords: tuple[str, ...]
    classes: tuple[ClassText, ...] = ()
    alias: tuple[str, str] | None = None
    functions: tuple[FunctionText, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodText:
    """A method in both its forms; `doc` is a literal, `call` the expression it returns.

    `is_coroutine` is False where the asynchronous form gives an iterator instead.
    """

    name: str
    arguments: str
    async_arguments: str
    result: str
    async_result: str
    doc: str | None
    call: str
    is_coroutine: bool


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A file to be written: `path` is relative to the output folder, with forward slashes."""

    path: str
    doc: str
    imports: tuple[str, ...]

    template = ""

    @property
    def digest(self) -> str:
        """A short text that stands for everything in the plan."""
        import msgspec

        data = msgspec.msgpack.encode((self.template, self))
        return blake2b(data, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class QueriesModule(ModulePlan):
    """The module of one query file."""

    source: str
    class_name: str
    async_class_name: str
    class_doc: str
    queries: tuple[QueryText, ...]
    methods: tuple[MethodText, ...]

    template = "queries.jinja"


@dataclass(frozen=True, slots=True)
class ClassesModule(ModulePlan):
    """A module of dataclasses and the functions that make them: the models."""

    classes: tuple[ClassText, ...]
    functions: tuple[FunctionText, ...]

    template = "classes.jinja"


@dataclass(frozen=True, slots=True)
class EnumsModule(ModulePlan):
    """A module of enums: the schema's own, or those of constraint names."""

    enums: tuple[EnumText, ...]

    template = "enums.jinja"


@dataclass(frozen=True, slots=True)
class ConstantsModule(ModulePlan):
    """A module of constants: pairs of a name (with its annotation) and an expression."""

    constants: tuple[tuple[str, str], ...]

    template = "constants.jinja"


@dataclass(frozen=True, slots=True)
class StoreModule(ModulePlan):
    """The module of the protocols."""

    methods: tuple[MethodText, ...]

    template = "store.jinja"


@dataclass(frozen=True, slots=True)
class SqlStoreModule(ModulePlan):
    """The module of the stores that run SQL; the classes are those of the query modules."""

    classes: tuple[str, ...]
    async_classes: tuple[str, ...]

    template = "sql_store.jinja"


@dataclass(frozen=True, slots=True)
class PackageModule(ModulePlan):
    """The package's `__init__`; `names` is its `__all__`, sorted."""

    names: tuple[str, ...]

    template = "package.jinja"


@dataclass(frozen=True, slots=True)
class StorePlan:
    """All files of a generated store, and what is wrong with it."""

    modules: tuple[ModulePlan, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file's path, relative to the output folder, and its whole text."""

    path: str
    text: str
