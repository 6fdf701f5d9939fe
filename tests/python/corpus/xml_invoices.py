"""Reads, changes and writes XML: namespaces, paths, mixed text, building, iterparse, escapes."""

import io
import xml.etree.ElementTree as ET
from decimal import Decimal

XML = """<?xml version="1.0" encoding="UTF-8"?>
<inv:invoices xmlns:inv="urn:example:invoice" xmlns="urn:example:default" date="2024-03-05">
  <!-- two of them -->
  <inv:invoice number="17" paid="yes"><customer>Weber &amp; S&#246;hne</customer>
    <line sku="b1" count="4">1.20</line><line sku="n1" count="100">0.05</line></inv:invoice>
  <inv:invoice number="18"><customer>Nord<![CDATA[ <GmbH>]]></customer><line sku="b1" count="1">1.20</line>tail</inv:invoice>
</inv:invoices>"""
NS = {"i": "urn:example:invoice", "d": "urn:example:default"}

root = ET.fromstring(XML.encode())
print(root.tag, root.attrib, len(root))
for invoice in root.findall("i:invoice", NS):
    total = sum(Decimal(line.text) * int(line.get("count")) for line in invoice.iterfind("d:line", NS))
    print(invoice.get("number"), invoice.findtext("d:customer", namespaces=NS), total, invoice.get("paid", "no"))
print([line.get("sku") for line in root.iter("{urn:example:default}line")])
print(root.find(".//d:line[@sku='n1']", NS).text, root.find("i:invoice[@paid]", NS).get("number"), root.find("i:invoice[2]/d:line", NS).tail)
print([element.get("number") for element in root.findall("*[@number='18']")], root.find("nothing"), "".join(root[1].itertext()).split())

report = ET.Element("report", {"year": "2024"})
for name, value in (("a<b", "1 & 2"), ('q"', None)):
    item = ET.SubElement(report, "item", name=name)
    item.text = value
    item.tail = "\n"
report.append(ET.Comment(" end "))
ET.SubElement(report[0], "deep").text = "é"
print(ET.tostring(report, encoding="unicode"))
print(ET.tostring(report[0], encoding="us-ascii"))
ET.indent(report, "  ")
out = io.BytesIO()
ET.ElementTree(report).write(out, encoding="utf-8", xml_declaration=True)
print(out.getvalue().decode())

for event, element in ET.iterparse(io.StringIO("<r><a x='1'/><b>t</b></r>"), events=("start", "end")):
    print(event, element.tag, element.attrib, end="; ")
print()
for text in ("<a><b></a>", "<a>", "<a>&nope;</a>", "text"):
    try:
        ET.fromstring(text)
    except ET.ParseError as error:
        print(type(error).__name__, error.position)
for text in ("<a/><b/>", "<a>\n</a>\n  junk", "", "<a>\n1 & 2</a>", "<a><b", "<a></a></b>", "<a><a></a>", b"<a>\n<b>\xc3\xa9</a>"):
    try:
        ET.fromstring(text)
    except ET.ParseError as error:
        print(error.code, error)
for text in ("<a/>\n<!-- end -->\n", "<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>", b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>",
             "<!DOCTYPE a [<!ENTITY e 'v'>]><a>&e;<![CDATA[<&]]></a>", "<a><!-- <b> --><?pi d?><b x='1>2'/></a>"):
    print(ET.tostring(ET.fromstring(text), encoding="unicode"))


class Told:
    def start(self, tag, attrib):
        print("start", tag, attrib)

    def end(self, tag):
        print("end", tag)

    def close(self):
        return "told"


parser, pull = ET.XMLParser(target=Told()), ET.XMLPullParser(["start", "end"])
for piece in ("<a><b x='1'/>", "</a>"):
    parser.feed(piece)
    pull.feed(piece)
    print([(event, element.tag) for event, element in pull.read_events()])
print(parser.close(), pull.close())
root[0].remove(root[0][0])
root[0].set("number", "17a")
root.insert(0, ET.fromstring("<new/>"))
print([child.tag.rpartition("}")[2] for child in root], root[1].keys(), ET.tostring(ET.XML("<e></e>"), short_empty_elements=False))
ET.register_namespace("inv", "urn:example:invoice")
print(ET.tostring(ET.Element("{urn:example:invoice}x"), encoding="unicode"))

declared = '<?xml version="1.0" encoding="latin-1"?>'
print(ET.fromstring(f"<a><![CDATA[{declared}]]></a>").text, ET.fromstring(f"{declared}<a>é</a>").text)
print(ET.fromstring("<a/>" + "<!-- behind -->" * 200).tag)
try:
    ET.fromstring("<a></a>" + "<!-- behind -->" * 200 + "x")
except ET.ParseError as error:
    print(error.code, error.position)
