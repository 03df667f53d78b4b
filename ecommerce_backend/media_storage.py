"""Pictures in a bucket of S3, or of anything that speaks its protocol."""

from typing import Any, ClassVar

from boto3.exceptions import S3UploadFailedError
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from ecommerce_backend.common.problems import StorageUnavailable

_YEAR = 365 * 24 * 60 * 60


class BucketStorage(S3Storage):  # type: ignore[misc]
    """Every picture is WebP under a random name of its own, so that it may be kept for good.

    Who opens one by itself gets a file, as from our own host (security_config.AREA_HEADERS).
    """

    _PARAMETERS: ClassVar = {
        "ContentType": "image/webp",
        "ContentDisposition": "attachment",
        "CacheControl": f"public, max-age={_YEAR}, immutable",
    }

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "file_overwrite": True,  # else each upload would ask first whether its name is free
            "object_parameters": self._PARAMETERS,
            "client_config": Config(
                connect_timeout=3,
                read_timeout=10,
                retries={"total_max_attempts": 2},
                signature_version="s3v4",
                # The bucket in the path, so that pictures come from the endpoint's own origin.
                s3={"addressing_style": "path"},
            ),
        }

    def _save(self, name: str, content: Any) -> str:
        """Raises StorageUnavailable."""
        try:
            return str(super()._save(name, content))
        except (BotoCoreError, ClientError, S3UploadFailedError) as error:
            raise StorageUnavailable from error
