"""Protobuf fragments and the body file: repeated (u32 length, u32 record count, body), little-endian."""
import struct


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def delimited(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def integer(field, number):
    return varint(field << 3) + varint(number)


def fixed64(field, number):
    return varint(field << 3 | 1) + struct.pack("<Q", number)


def double(field, number):
    return varint(field << 3 | 1) + struct.pack("<d", number)


def attribute(field, key, value):
    if isinstance(value, int):
        content = integer(3, value)
    elif isinstance(value, float):
        content = double(4, value)
    else:
        content = delimited(1, value)
    return delimited(field, delimited(1, key) + delimited(2, content))


class BodyWriter:
    def __init__(self, path):
        self.file = open(path, "wb", buffering=1 << 20)

    def put(self, body, records):
        self.file.write(struct.pack("<II", len(body), records))
        self.file.write(body)

    def close(self):
        self.file.close()


def read_bodies(path):
    with open(path, "rb", buffering=1 << 20) as file:
        while head := file.read(8):
            size, records = struct.unpack("<II", head)
            yield file.read(size), records
