"""A photo from a phone: checked to be a JPEG, and freed of what a camera writes beside the picture (place, time, device)."""

from zonula.errors import UserError

LARGEST = 600_000
_START, _END, _SCAN = b"\xff\xd8", 0xD9, 0xDA
_METADATA = {*range(0xE1, 0xF0), 0xFE}  # EXIF, XMP, maker notes, comments; APP0 (JFIF) says how to draw it
_FRAMES = {0xC0, 0xC1, 0xC2}
_ALONE = {*range(0xD0, 0xD8), 0x01}


def plain_jpeg(photo: bytes) -> bytes:
    """The same picture without metadata. Raises UserError when it is not a JPEG or too large."""
    if len(photo) > LARGEST:
        raise UserError(
            "This photo is too large.", f"At most {LARGEST // 1000} kB; the diary makes it smaller by itself."
        )
    if not photo.startswith(_START):
        raise UserError("This is not a JPEG photo.")
    kept, position, drawn = [_START], 2, False
    while True:
        if position + 4 > len(photo) or photo[position] != 0xFF:
            raise UserError("This photo is damaged.")
        marker = photo[position + 1]
        if marker == 0xFF:  # padding
            position += 1
            continue
        if marker in _ALONE or marker == _END:
            raise UserError("This photo is damaged.")
        end = position + 2 + int.from_bytes(photo[position + 2 : position + 4])
        if end > len(photo) or end < position + 4:
            raise UserError("This photo is damaged.")
        if marker not in _METADATA:
            kept.append(photo[position:end])
        drawn = drawn or marker in _FRAMES
        position = end
        if marker == _SCAN:
            break
    # Inside the picture 0xFF is always followed by 0x00: the first end marker is the end, and what hangs behind it is left out.
    ending = photo.find(b"\xff\xd9", position)
    if not drawn or ending < 0:
        raise UserError("This photo is damaged.")
    return b"".join((*kept, photo[position : ending + 2]))
