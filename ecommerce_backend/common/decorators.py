from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


def read_only(
    view: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse every method but GET and HEAD with a 405.

    Without the exemption a wrong method would be told about CSRF, where nothing could be forged.
    """
    return csrf_exempt(require_safe(view))
