"""Files that people upload, honest and otherwise."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

SIZE = (64, 48)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)" width="9" height="9"/>'


def upload(file_format: str = "PNG", *, size: tuple[int, int] = SIZE, **options: Any) -> BytesIO:
    """Return a picture as an open file."""
    output = BytesIO()
    options = {"mode": "RGB", **options}
    colour = Image.new(options.pop("mode"), size, options.pop("colour", "red"))
    colour.save(output, file_format, **options)
    output.seek(0)
    return output


def located_jpeg() -> BytesIO:
    """Return a photo that was held upright and knows where it was taken, and by whom."""
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn it by 90°.
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    return upload("JPEG", exif=exif, comment=b"<script>alert(1)</script>")


def png_that_claims(width: int, height: int) -> BytesIO:
    """Return a few bytes that unpack to as many pixels as you like."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\x00" * 64)), (b"IEND", b"")]
    return BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))


def truncated(whole: BytesIO) -> BytesIO:
    content = whole.getvalue()
    return BytesIO(content[: len(content) * 2 // 3])


def animated(file_format: str) -> BytesIO:
    frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "green", "blue")]
    output = BytesIO()
    frames[0].save(output, file_format, save_all=True, append_images=frames[1:])
    output.seek(0)
    return output


BOUNDARY = "the-end-of-a-part"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def form(*files: bytes, name: str = "a.png", kind: str = "image/png", **fields: str) -> bytes:
    """Return a form as a client would send it that minds no rule about names."""
    parts = [(f'name="{field}"', value.encode()) for field, value in fields.items()]
    parts += [(f'name="file"; filename="{name}"\r\nContent-Type: {kind}', f) for f in files]
    lines = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body + b"\r\n"
        for head, body in parts
    ]
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()
