"""Huffman codes, run lengths, checksums and bit fields by hand: bytes, heaps, trees, round trips."""

import heapq
import itertools
import struct
from collections import Counter
from dataclasses import dataclass, field

TEXT = "she sells sea shells by the sea shore; the shells she sells are surely seashells"


@dataclass(order=True)
class Node:
    weight: int
    order: int
    symbol: str | None = field(compare=False, default=None)
    left: "Node | None" = field(compare=False, default=None, repr=False)
    right: "Node | None" = field(compare=False, default=None, repr=False)

    def codes(self, prefix=""):
        if self.symbol is not None:
            yield self.symbol, prefix or "0"
        else:
            yield from self.left.codes(prefix + "0")
            yield from self.right.codes(prefix + "1")


def huffman(text):
    order = itertools.count()
    heap = [Node(weight, next(order), symbol) for symbol, weight in sorted(Counter(text).items())]
    heapq.heapify(heap)
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, Node(a.weight + b.weight, next(order), None, a, b))
    return heap[0]


def pack(bits):
    padded = bits + "0" * (-len(bits) % 8)
    return len(bits).to_bytes(2, "big") + bytes(int(padded[n : n + 8], 2) for n in range(0, len(padded), 8))


def unpack(data):
    length = int.from_bytes(data[:2], "big")
    return "".join(f"{byte:08b}" for byte in data[2:])[:length]


def decode(bits, root):
    node = root
    for bit in bits:
        node = node.right if bit == "1" else node.left
        if node.symbol is not None:
            yield node.symbol
            node = root


def runs(data):
    return b"".join(bytes([len(list(group)), byte]) for byte, group in itertools.groupby(data))


def crc16(data, poly=0x1021, crc=0xFFFF):
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ poly if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


root = huffman(TEXT)
codes = dict(root.codes())
bits = "".join(map(codes.__getitem__, TEXT))
packed = pack(bits)
print(len(TEXT), len(packed), root, sorted(codes.items(), key=lambda item: (len(item[1]), item[0]))[:5])
print("".join(decode(unpack(packed), root)) == TEXT, all(not b.startswith(a) for a, b in itertools.permutations(codes.values(), 2)))
print(runs(b"aaabccddddd").hex(), f"{crc16(b'123456789'):04x}")


class Flags:
    """A bit field: names and widths, packed into one number."""

    def __init__(self, **widths):
        self.widths = widths

    def pack(self, **values):
        number = 0
        for name, width in self.widths.items():
            value = values.get(name, 0)
            if value >> width:
                raise OverflowError(f"{name} has {width} bits, and {value} does not fit")
            number = number << width | value
        return number

    def unpack(self, number):
        values = {}
        for name, width in reversed(self.widths.items()):
            values[name] = number & (1 << width) - 1
            number >>= width
        return values


rgb = Flags(red=5, green=6, blue=5)
number = rgb.pack(red=31, green=33, blue=1)
print(f"{number:016b}", rgb.unpack(number), struct.pack(">H", number))
try:
    rgb.pack(red=32)
except OverflowError as error:
    print(error)
gray = [n ^ n >> 1 for n in range(8)]
print([f"{g:03b}" for g in gray], all((a ^ b).bit_count() == 1 for a, b in zip(gray, gray[1:])))
lsb = lambda n: n & -n
print(lsb(12), [n for n in range(1, 40) if n & (n - 1) == 0], sum(1 << n for n in (0, 3, 5)), bytes(a ^ b for a, b in zip(b"key!", b"data")))
varint = lambda n: bytes([n & 0x7F | 0x80]) + varint(n >> 7) if n > 0x7F else bytes([n])
print([varint(n).hex() for n in (1, 127, 128, 300, 2**32)])
