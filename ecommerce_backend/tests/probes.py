"""Addresses that fail in each way, beside the shop's own: what the tests of the kernel call."""

from collections.abc import Callable, Sequence
from typing import Any, Never, cast

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.decorators import method_decorator
from rest_framework import serializers
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend import urls
from ecommerce_backend.common import events
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.idempotency import run_once
from ecommerce_backend.common.models import Event, IdempotencyRecord
from ecommerce_backend.common.pagination import NewestFirst, PagePagination
from ecommerce_backend.common.permissions import HasPermission
from users.models import Address, User


class SoldOut(DomainError):
    code = "sold_out"
    message = "It is gone."


class Busy(DomainError):
    code = "busy"
    message = "Not now."
    http_status = 503


class TooFast(DomainError):
    code = "rate_limited"
    message = "Slower."
    http_status = 429


ERRORS: dict[str, Exception] = {
    "database": OperationalError("server closed the connection"),
    "bug": ZeroDivisionError("the secret recipe"),
    "forbidden": PermissionDenied(),
    "suspicious": SuspiciousOperation("odd"),
    "sold-out": SoldOut(
        faults=[{"pointer": "/lines/0/sku", "code": "sold_out", "detail": "MUG-1 is gone."}],
        sku="MUG-1",
    ),
    "too-fast": TooFast(retry_after=7),
    "busy": Busy(retry_after=2),
}


GIVEN_UP: list[str] = []  # SQLSTATEs with which PostgreSQL ends the next tries


def give_up(code: str) -> None:
    """Let PostgreSQL end the transaction with an error of this SQLSTATE."""
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'ended' USING ERRCODE = '{code}'; END $$")


def fail(name: str) -> Never:
    raise ERRORS[name]


def plain(request: HttpRequest, name: str) -> HttpResponse:
    """Fail outside REST framework."""
    fail(name)


def read_body(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body[:1])


def body(request: Request) -> dict[str, Any]:
    return cast("dict[str, Any]", request.data)


class Line(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=8)
    quantity = serializers.IntegerField(min_value=1, max_value=999)


class Basket(serializers.Serializer[Any]):
    note = serializers.CharField(required=False)
    lines = Line(many=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("note") == "odd":
            raise serializers.ValidationError("This is odd.", code="odd")
        return attrs


class Probe(APIView):
    """Open to all, and no part of the OpenAPI document."""

    permission_classes: Sequence[type[BasePermission]] = (AllowAny,)
    schema = None


class Api(Probe):
    def get(self, request: Request, name: str) -> Response:
        fail(name)

    def post(self, request: Request, name: str) -> Response:
        basket = Basket(data=request.data)
        basket.is_valid(raise_exception=True)
        return Response(basket.validated_data)


class Text(Probe):
    """Asks the database for whatever text it is sent."""

    def post(self, request: Request) -> Response:
        return Response(User.objects.filter(first_name=body(request)["text"]).exists())


class Slow(Probe):
    """Takes longer than the database is allowed to."""

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 5")
            cursor.execute("SELECT pg_sleep(1)")
        return Response()


def plain_refusal(request: HttpRequest) -> HttpResponse:
    return HttpResponse("No.", status=400)


class Sheet(BaseRenderer):
    media_type = "text/csv"
    format = "csv"


class Spreadsheet(Probe):
    renderer_classes = (Sheet,)

    def get(self, request: Request) -> Response:
        raise SoldOut


class Once(Probe):
    """Records an event once per key, and then does what the body says."""

    def post(self, request: Request, caller: str) -> Response:
        sent = body(request)

        def act() -> Response:
            event = events.record("probe.done", subject=f"probe:{caller}")
            if GIVEN_UP:
                give_up(GIVEN_UP.pop())
            if "error" in sent:
                fail(sent["error"])
            headers = {"ETag": sent["etag"]} if "etag" in sent else None
            return Response({"event": event.pk}, 201, headers=headers)

        required = sent.get("required", True)
        return run_once(request, act, principal=f"user:{caller}", required=required)


class HalfDone(Probe):
    """Writes something, and then refuses."""

    def get(self, request: Request) -> Response:
        events.record("probe.half_done", subject="probe:half")
        raise SoldOut


def _same_name_twice() -> None:
    User.objects.create(email="twice@shop.example")
    User.objects.create(email="TWICE@shop.example")


BREACHES: dict[str, Callable[[], object]] = {
    "check": lambda: IdempotencyRecord.objects.create(status=100),
    "not-null": lambda: Event.objects.create(type=None),  # type: ignore[misc]
    "unique": _same_name_twice,
    "foreign-key": lambda: Address.objects.create(user_id=0, country="GB"),
}


class Breach(Probe):
    """Breaks a constraint of the database, after something else was written."""

    @method_decorator(transaction.atomic)
    def post(self, request: Request, name: str) -> Response:
        events.record("probe.breach", subject=f"probe:{name}")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        BREACHES[name]()
        return Response()


class StaffOnly(Probe):
    permission_classes = (HasPermission("users.view_user"),)

    def get(self, request: Request) -> Response:
        return Response({"secret": True})


class EventPage(Probe):
    paginator = PagePagination()

    def get(self, request: Request) -> Response:
        rows = self.paginator.paginate_queryset(Event.objects.order_by("pk"), request, self) or []
        return self.paginator.get_paginated_response([row.subject for row in rows])


class EventFeed(Probe):
    class Newest(NewestFirst):
        ordering = ("-recorded_at", "-pk")

    def get(self, request: Request) -> Response:
        paginator = self.Newest()
        rows = paginator.paginate_queryset(Event.objects.all(), request, self) or []
        return paginator.get_paginated_response([row.subject for row in rows])


urlpatterns = [
    path("plain/body/", read_body),
    path("plain/<name>/", plain),
    path("admin/plain/<name>/", plain),
    path("api/v1/text/", Text.as_view()),
    path("api/v1/slow/", Slow.as_view()),
    path("api/v1/sheet/", Spreadsheet.as_view()),
    path("api/v1/once/<caller>/", Once.as_view()),
    path("api/v1/breach/<name>/", Breach.as_view()),
    path("api/v1/half-done/", HalfDone.as_view()),
    path("api/v1/plain-refusal/", plain_refusal),
    path("api/v1/staff-only/", StaffOnly.as_view()),
    path("api/v1/events/", EventPage.as_view()),
    path("api/v1/feed/", EventFeed.as_view()),
    path("api/v1/api/<name>/", Api.as_view()),
    *urls.urlpatterns,
]
handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
