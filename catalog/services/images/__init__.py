"""Pictures from outside: decoded, and encoded anew as the shop's own.

Nothing of the uploaded bytes is kept, so that neither metadata nor a second meaning of the file
survives. What is wrong at first sight is refused at once; the pixels are read by a job.
"""

from catalog.services.images.processing import process_image
from catalog.services.images.refusals import (
    ImageAnimated,
    ImageBroken,
    ImageTooCostly,
    ImageTooLarge,
    ImageTooManyPixels,
    ImageTypeUnsupported,
    ImageUnreadable,
)
from catalog.services.images.removal import purge_orphans, remove_image
from catalog.services.images.storing import delete_files, names_of
from catalog.services.images.uploads import (
    add_image,
    change_image,
    checked,
    keep_upload,
    upload_image,
)

__all__ = [
    "ImageAnimated",
    "ImageBroken",
    "ImageTooCostly",
    "ImageTooLarge",
    "ImageTooManyPixels",
    "ImageTypeUnsupported",
    "ImageUnreadable",
    "add_image",
    "change_image",
    "checked",
    "delete_files",
    "keep_upload",
    "names_of",
    "process_image",
    "purge_orphans",
    "remove_image",
    "upload_image",
]
