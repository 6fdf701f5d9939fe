"""Bank exports as CSV: dialects, quoting, sums by account, and a report written back."""

import csv
import io
from collections import defaultdict
from decimal import Decimal, InvalidOperation

EXPORT = '''\
Datum;Konto;Betrag;Text
05.03.2024;4400;"1.234,50";"Rechnung 17; ""Eilt"""
06.03.2024;4400;-99,00;Storno
06.03.2024;6805;abc;Telefon
07.03.2024;6805;-29,95;"mehrere
Zeilen"
'''


class German(csv.Dialect):
    delimiter = ";"
    quotechar = '"'
    doublequote = True
    skipinitialspace = False
    lineterminator = "\n"
    quoting = csv.QUOTE_MINIMAL


csv.register_dialect("german", German)


def amount(text):
    return Decimal(text.replace(".", "").replace(",", "."))


sums, wrong = defaultdict(Decimal), []
reader = csv.DictReader(io.StringIO(EXPORT, newline=""), dialect="german")
for row in reader:
    try:
        sums[row["Konto"]] += amount(row["Betrag"])
    except InvalidOperation:
        wrong.append((reader.line_num, row["Betrag"]))
    print(row["Text"])
print(dict(sums), wrong, reader.fieldnames)

out = io.StringIO()
writer = csv.DictWriter(out, ["account", "sum", "note"], extrasaction="ignore", restval="-", lineterminator="\r\n")
writer.writeheader()
for account, total in sorted(sums.items()):
    writer.writerow({"account": account, "sum": total, "other": 1})
writer.writerow({"account": "a,b", "sum": 'say "x"', "note": "two\nlines"})
print(repr(out.getvalue()))

with open("accounts.csv", "w", newline="") as file:
    csv.writer(file, quoting=csv.QUOTE_NONNUMERIC).writerows([["id", "value"], [1, "x"], [2.5, None]])
with open("accounts.csv", newline="") as file:
    print(file.read().splitlines())
with open("accounts.csv", newline="") as file:
    print(list(csv.reader(file, quoting=csv.QUOTE_NONNUMERIC)))

print(list(csv.reader(["a,'b,c',d"], quotechar="'")), list(csv.reader(["a\\,b,c"], escapechar="\\")), list(csv.reader(["x\ty"], "excel-tab")))
print(list(csv.reader(['1, "2"', "3"], skipinitialspace=True)), next(csv.DictReader(["a,b", "1,2,3"], restkey="more")))
dialect = csv.Sniffer().sniff("name|age\nann|30\nbob|41\n")
print(repr(dialect.delimiter), csv.Sniffer().has_header("name|age\nann|30\nbob|41\n"))
try:
    list(csv.reader(['"unclosed'], strict=True))
except csv.Error as error:
    print(type(error).__name__)
try:
    csv.DictWriter(io.StringIO(), ["a"]).writerow({"b": 1})
except ValueError as error:
    print("ValueError", "b" in str(error))
print(sorted(csv.list_dialects()), csv.get_dialect("german").delimiter)
