"""The objects that rules ask about, as Python expressions over arguments and rows."""

from __future__ import annotations

from sqlward_codegen.authz.resources import Resource, Resources
from sqlward_codegen.authz.rules import Part, ProvedRule
from sqlward_codegen.emit.authz_plan import AUTHZ, ObjectText
from sqlward_codegen.emit.methods import Method
from sqlward_codegen.emit.rows import RowKind, RowShape
from sqlward_codegen.emit.schema_classes import Models
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.names import constant_case, snake_case
from sqlward_codegen.types.annotation import Annotation

_IDS = ("id", "owner", "organization")
_AS_IT_IS = ("UUID", "str")


class Objects:
    """Writes objects; functions that make them from rows are written once each."""

    def __init__(self, scope: Scope, resources: Resources, models: Models) -> None:
        self._scope = scope
        self._resources = resources
        self._models = models
        self._functions: dict[tuple[str, str], ObjectText] = {}

    @property
    def functions(self) -> tuple[ObjectText, ...]:
        """The functions that were asked for, in order of their names."""
        return tuple(sorted(self._functions.values(), key=lambda text: text.name))

    def of_arguments(self, rule: ProvedRule, method: Method, prefix: str = "") -> str:
        """Give the object that a `create` rule is about; a bulk method's items have a `prefix`."""
        numbers = sorted(p.number for p in method.query.parameters)
        arguments = dict(zip(numbers, method.arguments, strict=True))
        parts = []
        for part in rule.parts:
            argument = arguments[part.number]
            value = argument.name if not prefix else f"{prefix}.{argument.name}"
            if prefix and not method.has_item_class:
                value = prefix
            parts.append((part.name, _identifier(part, value, argument.annotation)))
        return self._object(rule.resource, parts)

    def of_items(self, rule: ProvedRule, method: Method) -> str:
        """Give the function that makes the object of an item of a bulk method."""
        assert method.item is not None
        expression = self.of_arguments(rule, method, "item")
        name = f"_{rule.resource}_of_{method.name}"
        argument = f"item: {self._scope.annotation(method.item)}"
        self._functions[name, expression] = ObjectText(name, argument, expression)
        return name

    def of_rows(self, rule: ProvedRule, method: Method) -> str:
        """Give the function that makes the object of a row of the method's result."""
        assert method.row is not None
        row = method.row
        parts = [
            (part.name, _identifier(part, *self._value(row, part.number))) for part in rule.parts
        ]
        expression = self._object(rule.resource, parts)
        annotation = self._scope.annotation(row.annotation)
        name = f"_{rule.resource}_of_{snake_case(row.annotation.name, 'row')}"
        known = next(
            (
                t
                for t in self._functions.values()
                if t.expression == expression and t.argument == f"row: {annotation}"
            ),
            None,
        )
        if known is not None:
            return known.name
        if any(text.name == name for text in self._functions.values()):
            name = f"_{rule.resource}_of_{method.name}"
        self._functions[name, expression] = ObjectText(name, f"row: {annotation}", expression)
        return name

    def without_parts(self, rule: ProvedRule) -> str:
        """Give an object that has nothing but its type."""
        return self._object(rule.resource, [])

    def action(self, rule: ProvedRule) -> str:
        """Give the action of a rule."""
        return f"{self._scope.name(AUTHZ, 'Action', called=True)}.{constant_case(rule.action)}"

    def resource(self, rule: ProvedRule) -> str:
        """Give the type of a rule's resource."""
        return f"{self._scope.name(AUTHZ, 'Resource', called=True)}.{constant_case(rule.resource)}"

    def declared(self, rule: ProvedRule) -> Resource:
        """Give the resource itself."""
        return self._resources.by_name[rule.resource]

    def _object(self, resource: str, parts: list[tuple[str, str]]) -> str:
        name = self._scope.name("sqlward.authz", "Object", called=True)
        type_ = self._scope.name(AUTHZ, "Resource", called=True)
        given = "".join(f", {part}={value}" for part, value in parts)
        return f"{name}({type_}.{constant_case(resource)}{given})"

    def _value(self, row: RowShape, position: int) -> tuple[str, Annotation]:
        """Give the expression for a result column of a row, and its type."""
        part = next(p for p in row.parts if p.start <= position < (p.end or p.start + 1))
        if row.kind is RowKind.MODEL and row.model is not None:
            first = row.parts[0].start if part.end is not None else 0
            field = row.model.fields[position - first]
            return f"row.{field.name}", field.type.result
        owner = "row" if row.kind is RowKind.SCALAR else f"row.{part.name}"
        if part.end is None:
            return owner, part.annotation
        fields = self._fields(row, part.maker)
        name, annotation = fields[position - part.start]
        return f"{owner}.{name}", annotation

    def _fields(self, row: RowShape, maker: Annotation | None) -> list[tuple[str, Annotation]]:
        model = self._models.by_annotation.get(maker) if maker else None
        if model is not None:
            return [(field.name, field.type.result) for field in model.fields]
        nested = dict(row.nested)
        fields = nested[maker.name] if maker else ()
        return [(field.name, field.type.result) for field in fields]


def _identifier(part: Part, value: str, annotation: Annotation) -> str:
    """Give an id as text where it is neither UUID nor text."""
    if part.name not in _IDS or annotation.name in _AS_IT_IS:
        return value
    return f"None if {value} is None else str({value})" if annotation.nullable else f"str({value})"
