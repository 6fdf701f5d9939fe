"""Addresses: parsing, building, joining, quoting, query strings, hosts and networks."""

import ipaddress
from http import HTTPMethod, HTTPStatus
from urllib.parse import parse_qs, parse_qsl, quote, quote_plus, unquote, unquote_plus, urlencode, urljoin, urlparse, urlsplit, urlunsplit
from uuid import NAMESPACE_URL, UUID, uuid3, uuid5

url = urlsplit("https://ann:pa%40ss@shop.example:8443/a%20b/c;p?q=1&q=2&empty=&x=a+b#part")
print(url.scheme, url.hostname, url.port, url.username, unquote(url.password), url.path, url.query, url.fragment)
print(parse_qs(url.query), parse_qsl(url.query, keep_blank_values=True), urlparse(url.geturl()).params)
print(urlunsplit(url._replace(netloc="other.example", fragment="")), urlunsplit(("http", "h", "p", "q=1", "")))
print(urlencode({"q": "a b&c", "ü": "é", "n": 5}), urlencode([("a", 1), ("a", 2)]), urlencode({"t": ["x", "y"]}, doseq=True))
print(quote("a/b c?ü"), quote("a/b", safe=""), quote_plus("a b+c"), unquote_plus("a+b%2Bc"), unquote("%E4%BD%A0"), quote(b"\xff"))
base = "https://h.example/a/b/c?x=1"
print([urljoin(base, ref) for ref in ("d", "/d", "../d", "//o.example/d", "?y", "#f", "https://z.example", "./../../../d", "")])
for text in ("//[::1]:80/x", "mailto:a@b.c", "noscheme/path", "http://h:notaport/"):
    parts = urlsplit(text)
    try:
        print(parts.scheme, parts.hostname, parts.port, parts.path)
    except ValueError as error:
        print("ValueError")
network = ipaddress.ip_network("10.1.0.0/22")
print(network.num_addresses, network.netmask, ipaddress.ip_address("10.1.3.255") in network, [str(sub) for sub in network.subnets(new_prefix=24)], network.supernet().with_prefixlen)
print([str(host) for host in ipaddress.ip_network("192.168.1.0/30").hosts()], ipaddress.ip_address("::1").is_loopback, ipaddress.ip_address("2001:db8::1").exploded, ipaddress.IPv4Address("10.0.0.1") + 5, int(ipaddress.ip_address("1.2.3.4")))
print(list(ipaddress.collapse_addresses([ipaddress.ip_network("10.0.0.0/25"), ipaddress.ip_network("10.0.0.128/25")])), ipaddress.ip_address("10.0.0.1").is_private, ipaddress.ip_interface("10.0.0.5/8").network)
for bad in ("256.1.1.1", "10.0.0.1/8", "zz::1::"):
    try:
        ipaddress.ip_network(bad)
    except ValueError as error:
        print(type(error).__name__, end=" ")
print()
print(uuid5(NAMESPACE_URL, "https://example.com"), uuid3(NAMESPACE_URL, "x").version, UUID("12345678123456781234567812345678").hex[:8], UUID(int=5), UUID(bytes=bytes(16)).is_safe.name)
print(HTTPStatus(404).phrase, HTTPStatus.OK == 200, HTTPStatus.NOT_FOUND.name, HTTPStatus(418).value, [status.value for status in HTTPStatus if 300 <= status < 304], HTTPMethod.GET == "GET")
