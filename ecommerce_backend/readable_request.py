"""Requests whose header can be read: Django has nobody catch what its parser makes of the others.

It takes parameters apart with Python's e-mail package, which fails on some that are encoded
(RFC 2231), with a ValueError or a TypeError. Before the first middleware that is a bare 500.
"""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.http import parse_header_parameters


class ReadableRequest(WSGIRequest):
    """Its Content-Type and Accept are empty where they cannot be read, and refused as such."""

    def __init__(self, environ: dict[str, Any]) -> None:
        if not _is_readable(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = ""
        if not all(_is_readable(media) for media in environ.get("HTTP_ACCEPT", "").split(",")):
            environ["HTTP_ACCEPT"] = ""
        super().__init__(environ)

    def parse_file_upload(self, META: Any, post_data: Any) -> Any:  # noqa: N803
        try:
            return super().parse_file_upload(META, post_data)
        except TypeError as error:
            raise MultiPartParserError("A part has a header that cannot be read.") from error


def _is_readable(field: str) -> bool:
    try:
        parse_header_parameters(field)
    except (ValueError, TypeError):
        return False
    return True
