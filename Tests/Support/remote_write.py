"""Bodies of Prometheus remote write, made field by field; snappy blocks of literals, which every decoder reads."""
import struct


def varint(number):
    number &= (1 << 64) - 1
    result = b""
    while number >= 0x80:
        result += bytes([number & 0x7F | 0x80])
        number >>= 7
    return result + bytes([number])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def number(field_number, value):
    return varint(field_number << 3) + varint(value)


def double(field_number, value):
    return varint(field_number << 3 | 1) + struct.pack("<d", value)


def snappy(body):
    blocks = [body[start:start + 60] for start in range(0, len(body), 60)]
    return varint(len(body)) + b"".join(bytes([len(block) - 1 << 2]) + block for block in blocks)


def unsnappy(block):
    """The content of a snappy block."""
    position, shift, length = 0, 0, 0
    while True:
        byte = block[position]
        position += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    result = bytearray()
    while position < len(block):
        tag = block[position]
        position += 1
        if tag & 3 == 0:
            size = tag >> 2
            if size >= 60:
                extra = size - 59
                size = int.from_bytes(block[position:position + extra], "little")
                position += extra
            result += block[position:position + size + 1]
            position += size + 1
            continue
        if tag & 3 == 1:
            size, offset = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | block[position]
            position += 1
        else:
            width = 2 if tag & 3 == 2 else 4
            size, offset = (tag >> 2) + 1, int.from_bytes(block[position:position + width], "little")
            position += width
        for _ in range(size):
            result.append(result[-offset])
    assert len(result) == length
    return bytes(result)


def version_one(series):
    """`series`: pairs of labels (in order) and samples (milliseconds, value)."""
    return snappy(b"".join(
        field(1, b"".join(field(1, field(1, name.encode()) + field(2, value.encode())) for name, value in labels)
              + b"".join(field(2, double(1, value) + number(2, time)) for time, value in samples))
        for labels, samples in series))


def version_two(series):
    """The same in version two, with the type counter for every metric."""
    symbols = [""]

    def symbol(text):
        if text not in symbols:
            symbols.append(text)
        return varint(symbols.index(text))

    body = b"".join(
        field(5, field(1, b"".join(symbol(name) + symbol(value) for name, value in labels))
              + b"".join(field(2, double(1, value) + number(2, time)) for time, value in samples)
              + field(5, number(1, 1)))
        for labels, samples in series)
    return snappy(b"".join(field(4, text.encode()) for text in symbols) + body)
