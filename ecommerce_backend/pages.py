"""The few pages that people, not programs, open first."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from ecommerce_backend.common.decorators import read_only


@read_only
def landing(request: HttpRequest) -> HttpResponse:
    """GET /: what this is and where to go."""
    return render(
        request,
        "landing.html",
        {
            "store_name": settings.STORE_NAME,
            "base_url": settings.BASE_URL,
            "release": settings.RELEASE,
        },
    )


@read_only
def swagger(request: HttpRequest) -> HttpResponse:
    """GET /api/docs/: try the API in the browser."""
    return render(request, "swagger.html", {"store_name": settings.STORE_NAME})


@read_only
def redoc(request: HttpRequest) -> HttpResponse:
    """GET /api/redoc/: read the API."""
    return render(request, "redoc.html", {"store_name": settings.STORE_NAME})


@read_only
def favicon(request: HttpRequest) -> HttpResponse:
    """GET /favicon.ico: browsers ask here for pages that name no icon, such as a picture."""
    return redirect(static("site/favicon.svg"))
