"""Certificates in a set: each must belong to the key beside it."""

import posixpath
from collections.abc import Mapping

from scripts.backup import programs, trees
from scripts.backup.faults import Differs, Missing
from scripts.backup.settings import Settings


def names(index: trees.Index) -> list[str]:
    """Return the names of the certificates in certbot's folder."""
    return sorted(
        {
            path.split("/")[1]
            for path in index
            if path.startswith("live/") and path.endswith("/fullchain.pem")
        }
    )


def wanted(path: str) -> bool:
    """Tell whether this file is needed to check that keys and certificates match."""
    return path.endswith(".pem") and not path.endswith("/chain.pem")


def check(index: trees.Index, contents: Mapping[str, bytes], settings: Settings) -> None:
    """Hold each certificate against its private key.

    Raises Differs, Missing.
    """
    for name in names(index):
        chain = _content(f"live/{name}/fullchain.pem", index, contents)
        key = _content(f"live/{name}/privkey.pem", index, contents)
        of_certificate = programs.run(
            ["openssl", "x509", "-noout", "-pubkey"],
            settings.environ,
            what=f"Certificate {name}",
            failure=Differs,
            given=chain,
        )
        of_key = programs.run(
            ["openssl", "pkey", "-pubout"],
            settings.environ,
            what=f"Key of certificate {name}",
            failure=Differs,
            given=key,
        )
        if of_certificate != of_key:
            raise Differs(f"Certificate {name} does not belong to the private key beside it.")


def _content(path: str, index: trees.Index, contents: Mapping[str, bytes]) -> bytes:
    if link := index.get(path, {}).get("link"):  # certbot's live/ links into its archive/
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    if path not in contents:
        raise Missing(f"The certificates' archive has no {path}.")
    return contents[path]
