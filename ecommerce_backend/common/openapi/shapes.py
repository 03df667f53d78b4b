"""What a serializer's fields look like in JSON Schema: with every bound, and what is always there.

drf-spectacular describes what a serializer accepts. What it answers with is known better: each
member is there, and no longer or larger than the column it comes from.
"""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance
from rest_framework import serializers
from rest_framework.fields import empty

from ecommerce_backend.common.openapi.components import Schema

_WEB_ADDRESS_OR_NOTHING = r"^(https?://\S+)?$"
_OF_THE_OTHER_DIRECTION = ("readOnly", "writeOnly")
_LARGEST_INT32 = 2**31 - 1


class ExactShapes(AutoSchema):
    """Describes requests and answers apart, each exactly."""

    def _map_serializer(
        self,
        serializer: Any,
        direction: str,
        bypass_extensions: bool = False,  # noqa: FBT001, FBT002
    ) -> Schema:
        serializer = force_instance(serializer)  # type: ignore[no-untyped-call]
        schema: Schema = super()._map_serializer(  # type: ignore[no-untyped-call]
            serializer, direction, bypass_extensions
        )
        _describe(schema, type(serializer))
        for name, member in schema.get("properties", {}).items():
            for word in _OF_THE_OTHER_DIRECTION:
                member.pop(word, None)
            field = serializer.fields[name]
            if direction == "request":
                _bound_input(member, field)
            else:
                member.pop("default", None)
                _bound(member, _column(serializer, field))
        if direction == "response" and "properties" in schema:
            schema["required"] = [
                name
                for name in schema["properties"]
                if not _may_be_absent(serializer.fields[name], type(serializer))
            ]
        return schema

    def _map_serializer_field(
        self,
        field: Any,
        direction: str,
        bypass_extensions: bool = False,  # noqa: FBT001, FBT002
    ) -> Schema | None:
        schema: Schema | None = super()._map_serializer_field(  # type: ignore[no-untyped-call]
            field, direction, bypass_extensions
        )
        if schema is not None and isinstance(field, serializers.DecimalField):
            _write_decimal(schema, field)
        return schema

    def _insert_field_validators(self, field: Any, schema: Schema) -> None:
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        options = schema.pop("oneOf", None) if getattr(field, "allow_blank", False) else None
        if options:  # a form, or nothing: one string is easier for clients than two
            schema |= options[0]
            if schema.pop("format", None) == "uri":
                schema["pattern"] = _WEB_ADDRESS_OR_NOTHING


def _describe(schema: Schema, kind: type[Any]) -> None:
    """Keep a description that was written for this class, not for one it inherits from."""
    if not vars(kind).get("__doc__"):
        schema.pop("description", None)


def _may_be_absent(field: Any, kind: type[Any]) -> bool:
    is_declared = field.field_name in getattr(kind, "_declared_fields", {})
    return is_declared and not (field.required or field.read_only or field.default is not empty)


def _column(serializer: Any, field: Any) -> "models.Field[Any, Any] | None":
    """Return the column that a member of an answer shows, if it shows one."""
    model = getattr(getattr(serializer, "Meta", None), "model", None)
    column: Any = None
    for name in field.source_attrs:
        if model is None:
            return None
        try:
            column = model._meta.get_field(name)  # noqa: SLF001 - Django's documented name
        except FieldDoesNotExist:
            return None
        model = column.related_model
    return column if isinstance(column, models.Field) else None


def _bound_input(schema: Schema, field: Any) -> None:
    """Say what drf-spectacular leaves out: how long a list may be, and that blanks are nothing."""
    if isinstance(field, serializers.ListSerializer):
        bounds: Any = field  # the stubs have none
        least = max(int(not field.allow_empty), bounds.min_length or 0)
        schema |= {"minItems": least, "maxItems": bounds.max_length}
    elif isinstance(field, serializers.ListField):
        _bound_input(schema["items"], field.child)
    elif isinstance(field, serializers.DictField) and schema.get("additionalProperties"):
        _bound_input(schema["additionalProperties"], field.child)
    elif _refuses_blanks(field) and not {"format", "enum"} & schema.keys():
        schema.setdefault("pattern", r"\S")


def _refuses_blanks(field: Any) -> bool:
    is_trimmed = isinstance(field, serializers.CharField) and field.trim_whitespace
    return is_trimmed and not field.allow_blank


def _bound(schema: Schema, column: "models.Field[Any, Any] | None") -> None:
    kinds = schema.get("type", ())
    if column is None or "enum" in schema:
        return
    if "string" in kinds and column.max_length and "format" not in schema:
        schema.setdefault("maxLength", column.max_length)
    if "integer" in kinds:
        _bound_number(schema, column)


def _bound_number(schema: Schema, column: "models.Field[Any, Any]") -> None:
    if isinstance(column, models.ForeignKey):
        column = column.target_field
    least, most = connection.ops.integer_field_range(column.get_internal_type())
    schema.setdefault("minimum", 1 if column.primary_key else least)
    schema.setdefault("maximum", most)
    if schema["maximum"] > _LARGEST_INT32:
        schema["format"] = "int64"


def _write_decimal(schema: Schema, field: serializers.DecimalField) -> None:
    """Say how an amount is written: with a digit, and a sign only where there may be one."""
    if "pattern" not in schema or hasattr(field, "pattern"):  # one of its own
        return
    sign = "" if field.min_value is not None and field.min_value >= 0 else "-?"
    whole, places = field.max_whole_digits or 1, field.decimal_places or 0
    fraction = rf"(\.\d{{1,{places}}})?" if places else ""
    schema["pattern"] = rf"^{sign}\d{{1,{whole}}}{fraction}$"
