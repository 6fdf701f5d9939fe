# hostile: a few bytes that unpack to very many
# expect: QUOTA_MEMORY|QUOTA_FUEL
import zlib

packed = zlib.compress(bytes(10**6))
data = b""
while True:
    data += zlib.decompress(packed)
