"""The few pages that people, not programs, open first."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def landing(request: HttpRequest) -> HttpResponse:
    """GET /: what this is and where to go."""
    return render(request, "landing.html", {"store_name": settings.STORE_NAME})


def swagger(request: HttpRequest) -> HttpResponse:
    """GET /api/docs/: try the API in the browser."""
    return render(request, "swagger.html", {"store_name": settings.STORE_NAME})


def redoc(request: HttpRequest) -> HttpResponse:
    """GET /api/redoc/: read the API."""
    return render(request, "redoc.html", {"store_name": settings.STORE_NAME})
