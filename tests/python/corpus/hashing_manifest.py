"""A manifest of files with their sums, an HMAC signature, tokens and encodings."""

import base64
import binascii
import hashlib
import hmac
import io
import json
import secrets
import struct
import zlib

FILES = {"a.txt": b"hello\n", "b.bin": bytes(range(256)) * 40, "empty": b""}


def digest(stream, name="sha256", size=1000):
    state = hashlib.new(name)
    while block := stream.read(size):
        state.update(block)
    return state.hexdigest()


manifest = {name: digest(io.BytesIO(data)) for name, data in FILES.items()}
for name, value in manifest.items():
    print(f"{value[:16]}…{value[-8:]}  {name}")
for name in ("md5", "sha1", "sha224", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"):
    print(name, hashlib.new(name, b"abc").hexdigest()[:20], hashlib.new(name).digest_size)
print(hashlib.blake2b(b"abc", digest_size=8, key=b"k").hexdigest(), hashlib.shake_128(b"abc").hexdigest(8))
print(hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 100).hex()[:32], "sha256" in hashlib.algorithms_available)

body = json.dumps(manifest, sort_keys=True).encode()
signature = hmac.new(b"key", body, hashlib.sha256).hexdigest()
print(signature[:24], hmac.compare_digest(signature, hmac.digest(b"key", body, "sha256").hex()), hmac.compare_digest("a", "b"))
copy = hashlib.sha256(b"pre")
other = copy.copy()
copy.update(b"fix")
print(copy.hexdigest() == hashlib.sha256(b"prefix").hexdigest(), other.hexdigest() == hashlib.sha256(b"pre").hexdigest(), copy.name, copy.block_size)

for data in (b"", b"f", b"fo", b"foo", b"\xfb\xff"):
    print(base64.b64encode(data), base64.urlsafe_b64encode(data), base64.b32encode(data), base64.b16encode(data), base64.b85encode(data))
print(base64.b64decode("Zm9v\nYmFy"), binascii.hexlify(b"\x01\xab", "-"), binascii.unhexlify("01ab"), binascii.crc32(b"abc"), zlib.adler32(b"abc"))
try:
    base64.b64decode("Zm9", validate=True)
except binascii.Error as error:
    print(type(error).__name__)
packed = struct.pack("<4sHIq?d", b"HEAD", 513, 2**31, -1, True, 0.5)
print(packed.hex(), struct.unpack("<4sHIq?d", packed), struct.calcsize("!bhilq"), struct.unpack_from(">H", b"\0\1\2", 1))
print([fields for fields in struct.iter_unpack("<BH", bytes(range(6)))], int.from_bytes(b"\x01\x02", "big"), (1000).to_bytes(2, "little"), (-2).to_bytes(2, "big", signed=True))
compressed = zlib.compress(FILES["b.bin"], 9)
print(len(compressed) < 1000, zlib.decompress(compressed) == FILES["b.bin"], len(secrets.token_hex(8)), len(secrets.token_bytes(5)), secrets.choice([7]))
