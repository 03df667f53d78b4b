from collections.abc import Sequence

from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

MAX_RANGES = 64


class HonestNegotiation(DefaultContentNegotiation):
    """Choose by what the client prefers, and never what it ruled out with `q=0`.

    REST framework's own does not read `q` (RFC 9110 §12.4.2).
    """

    def select_renderer(  # type: ignore[override]
        self,
        request: Request,
        renderers: Sequence[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002
    ) -> tuple[BaseRenderer, str]:
        ranges = [
            MediaType(text)
            for text in request.headers.get("Accept", "*/*").split(",", MAX_RANGES)[:MAX_RANGES]
        ]
        best = max(renderers, key=lambda renderer: _quality(renderer, ranges))
        if not _quality(best, ranges):
            raise NotAcceptable(available_renderers=renderers)
        return best, best.media_type


def _quality(renderer: BaseRenderer, ranges: Sequence[MediaType]) -> float:
    """Return what the most specific range that covers the renderer says (RFC 9110 §12.5.1)."""
    covering = [found for found in ranges if _covers(found, renderer.media_type)]
    return max(covering, key=lambda found: found.specificity).quality if covering else 0


def _covers(found: MediaType, media_type: str) -> bool:
    main_type, _, sub_type = media_type.partition("/")
    has_parameters = bool(found.range_params.items() - {("charset", "utf-8")})
    ranges = {(main_type, sub_type), (main_type, "*"), ("*", "*")}
    return (found.main_type, found.sub_type) in ranges and not has_parameters
