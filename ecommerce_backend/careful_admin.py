"""What Django's admin trips over: query strings and ids that no page of its own would send."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest, ValidationError
from django.db import ProgrammingError
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponse

from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action

# What Django makes of ?created_at__year=0, ?id__range=1 and ?address=x only when it asks the
# database, after it has looked for wrong parameters.
_SYMPTOMS = (IndexError, OverflowError, ProgrammingError, TypeError, ValidationError, ValueError)


class CarefulList(ChangeList):
    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Show the list without what was asked of it, where that makes no query."""
        try:
            super().__init__(request, *args, **kwargs)
        except _SYMPTOMS as error:
            if not request.GET:
                raise
            raise IncorrectLookupParameters from error


class CarefulAutocomplete(AutocompleteSelect):
    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """Offer nothing for an id that is none, when a refused form is shown again."""
        keys = [key for key in value if not key or _is_key(self.field.remote_field.model, key)]
        return super().optgroups(name, keys, attrs)


class CarefulAdmin(ModelAdmin):  # type: ignore[type-arg]
    # The admin's history keeps these; the audit stream is told of them.
    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _announce(request, obj, "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _announce(request, obj, "changed")
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: "QuerySet[Any]") -> Any:
        for obj in queryset:
            _announce(request, obj, "deleted")
        return super().log_deletions(request, queryset)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        kind = super().get_changelist(request, **kwargs)
        return type("CarefulList", (CarefulList, kind), {})

    def response_action(  # type: ignore[override]  # the stubs invent a third argument
        self, request: HttpRequest, queryset: "QuerySet[Any]"
    ) -> HttpResponse | None:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(_is_key(self.model, key) for key in chosen):
            raise BadRequest("No such id.")
        return super().response_action(request, queryset)

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            widget = CarefulAutocomplete(db_field, self.admin_site, using=kwargs.get("using"))
            kwargs.setdefault("widget", widget)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def careful(kind: type[ModelAdmin[Any]]) -> type[ModelAdmin[Any]]:
    """Return the class of admin as one that bears anything."""
    return type(kind.__name__, (CarefulAdmin, kind), {"__module__": kind.__module__})


def _announce(request: HttpRequest, obj: Model, act: str) -> None:
    audit.announce(
        Action.ADMIN_CHANGED,
        subject=f"{obj._meta.label_lower}:{obj.pk}"[:128],  # noqa: SLF001
        actor_id=request.user.pk,
        details={"act": act},
    )


def _is_key(model: type[Model], key: str) -> bool:
    try:
        model._meta.pk.to_python(key)  # noqa: SLF001
    except ValidationError:
        return False
    return True
