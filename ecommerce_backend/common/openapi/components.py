"""What all operations share: the problem document, headers, the request id."""

from typing import Any, Final

Schema = dict[str, Any]

REQUEST_ID_PATTERN: Final = "^[A-Za-z0-9._-]{8,64}$"
CODE: Final[Schema] = {"type": "string", "maxLength": 64, "pattern": "^[a-z][a-z0-9_]*$"}

FAULT: Final[Schema] = {
    "type": "object",
    "description": "One part of the request that is wrong.",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "JSON pointer (RFC 6901) into the body, or a query parameter's name.",
            "examples": ["/lines/0/quantity"],
        },
        "code": {**CODE, "examples": ["min_value"]},
        "detail": {"type": "string", "description": "For people."},
        "available": {
            "type": "integer",
            "description": "Units that can be had.",
            "minimum": 0,
            "maximum": 2**31 - 1,
        },
        "quoted": {"type": "string", "description": "What the quote said; empty for nothing."},
        "current": {"type": "string", "description": "What it is now; empty when it is gone."},
    },
    "additionalProperties": False,
}
PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457). Decide by `code`, which does not change."
    " Some codes have further members.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "examples": ["urn:nexus:problem:invalid"],
        },
        "title": {"type": "string", "examples": ["Invalid"]},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "examples": [400]},
        "detail": {"type": "string", "description": "For people."},
        "instance": {
            "type": "string",
            "format": "uri-reference",
            "description": "The path that was asked.",
        },
        "code": {**CODE, "description": "For programs.", "examples": ["invalid"]},
        "request_id": {
            "type": ["string", "null"],
            "description": "Names the request in the shop's log.",
        },
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
}
HEADERS: Final[dict[str, Schema]] = {
    "X-Request-ID": {
        "description": "Names this request in the shop's log.",
        "required": True,
        "schema": {"type": "string", "pattern": REQUEST_ID_PATTERN},
        "example": "b4c0f1d2a3e94f6b8d7c6a5e4f3b2a19",
    },
    "Cache-Control": {
        "description": "Who may keep the answer, and for how many seconds.",
        "required": True,
        "schema": {"type": "string"},
        "example": "private, no-store",
    },
    "RateLimit-Policy": {
        "description": "The limits that count this request: `q` requests in `w` seconds"
        " (draft-ietf-httpapi-ratelimit-headers).",
        "required": True,
        "schema": {"type": "string"},
        "example": '"address";q=600;w=60',
    },
    "RateLimit": {
        "description": "What is left of them: `r` requests for the next `t` seconds.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"address";r=599;t=60',
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": 86400},
        "example": 2,
    },
    "WWW-Authenticate": {
        "description": "How to sign in (RFC 6750).",
        "required": True,
        "schema": {"type": "string"},
        "example": 'Bearer realm="shop"',
    },
    "ETag": {
        "description": "Names this version of what was read.",
        "required": True,
        "schema": {"type": "string", "pattern": r'^(W/)?"[^"]*"$'},
        "example": '"5d41402abc4b2a76b9719d911017c592"',
    },
    "Idempotent-Replayed": {
        "description": "`true` where this is the stored answer to an earlier request with the same"
        " Idempotency-Key.",
        "schema": {"type": "string", "const": "true"},
        "example": "true",
    },
}
PARAMETERS: Final[dict[str, Schema]] = {
    "RequestId": {
        "name": "X-Request-ID",
        "in": "header",
        "description": "Your own name for this request: 8 to 64 letters, digits, dots, dashes and"
        " underscores. Any other is replaced.",
        "schema": {"type": "string"},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of what you have; if it still holds, the answer is 304 and empty.",
        "schema": {"type": "string"},
    },
}


def header(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}


def parameter(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}
