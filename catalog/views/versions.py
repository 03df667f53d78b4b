"""The version of what staff edit (see common.versions)."""

from ecommerce_backend.common.versions import ETAG, IF_MATCH, require_seen, shown

__all__ = ["ETAG", "IF_MATCH", "require_seen", "shown"]
