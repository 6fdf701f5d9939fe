"""Builds a mail with an attachment, writes it, reads it back, and looks at addresses and dates."""

from email import message_from_bytes, message_from_string, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr, format_datetime, getaddresses, parseaddr, parsedate_to_datetime
from datetime import datetime, timedelta, timezone

mail = EmailMessage()
mail["Subject"] = "Rechnung für März"
mail["From"] = formataddr(("Zoë Weber", "zoe@example.com"))
mail["To"] = "Bob <bob@example.org>, ann@example.org"
mail["Date"] = format_datetime(datetime(2024, 3, 5, 14, 30, tzinfo=timezone(timedelta(hours=1))))
mail.set_content("Guten Tag,\nanbei die Rechnung.\n")
mail.add_alternative("<p>Guten Tag</p>", subtype="html")
mail.add_attachment(b"\x00\x01PDF", maintype="application", subtype="pdf", filename="märz.pdf")

raw = mail.as_bytes()
back = message_from_bytes(raw, policy=policy.default)
print(back["subject"], "|", back["from"].addresses[0].display_name, back["to"].addresses[1].username, back["date"].datetime.isoformat())
print(back.get_content_type(), [part.get_content_type() for part in back.walk()])
print(repr(back.get_body(("plain",)).get_content()), [(part.get_filename(), part.get_content()) for part in back.iter_attachments()])
print(b"=?utf-8?" in raw.lower(), back.is_multipart(), "X-None" in back, back.get("X-None", "-"), back.keys()[:2])

old = MIMEMultipart()
old["Subject"] = "plain"
old.attach(MIMEText("héllo", "plain", "utf-8"))
parsed = message_from_string(old.as_string())
print(parsed.get_payload()[0].get_payload(decode=True).decode(), parsed.get_payload()[0]["Content-Transfer-Encoding"], parsed.get_content_charset(), parsed.get_payload()[0].get_content_charset())
print(parseaddr('"Doe, Jane" <jane@example.com> (work)'), getaddresses(["a@x.y, B <b@x.y>"]))
print(str(make_header(decode_header("=?iso-8859-1?q?caf=E9?= =?utf-8?b?w7w=?="))), parsedate_to_datetime("Tue, 05 Mar 2024 14:30:00 -0500").isoformat())
