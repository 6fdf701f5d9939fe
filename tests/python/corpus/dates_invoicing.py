"""Due dates, working days, quarters and ages: what accounting does with dates."""

import calendar
from datetime import date, datetime, time, timedelta, timezone

HOLIDAYS = {date(2024, 1, 1), date(2024, 3, 29), date(2024, 4, 1), date(2024, 5, 1)}


def add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def working_days(start: date, end: date):
    day = start
    while day <= end:
        if day.weekday() < 5 and day not in HOLIDAYS:
            yield day
        day += timedelta(days=1)


def quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


issued = date(2024, 1, 31)
for months in (1, 2, 12, 13, -2):
    due = add_months(issued, months)
    print(due.isoformat(), due.strftime("%a %d %b %Y"), quarter(due), due.isocalendar()[1:])
print(sum(1 for _ in working_days(date(2024, 3, 25), date(2024, 4, 5))), calendar.isleap(2024), calendar.leapdays(1900, 2001))
print(age(date(2000, 2, 29), date(2024, 2, 28)), age(date(2000, 2, 29), date(2024, 2, 29)))

meeting = datetime.combine(date(2024, 10, 27), time(1, 30), timezone(timedelta(hours=2), "CEST"))
print(meeting, meeting.tzname(), meeting.astimezone(timezone.utc).isoformat(), int(meeting.timestamp()))
print(datetime.fromtimestamp(0, timezone.utc), datetime.fromtimestamp(1709640000.25, timezone.utc).isoformat(timespec="milliseconds"))
print(datetime.strptime("Tue, 05 Mar 2024 14:30:15 +0100", "%a, %d %b %Y %H:%M:%S %z").isoformat())
print(datetime.strptime("2024-060 07PM", "%Y-%j %I%p"), datetime.strptime("12/31/99", "%m/%d/%y").date())
print(datetime.fromisoformat("2024-03-05T14:30:15.123456+05:30").utcoffset(), datetime.fromisoformat("2024-03-05 14:30"))
print(date.fromisoformat("2024-03-05").toordinal(), date.fromordinal(738950), date.max - date.min)
for bad in ("2024-02-30", "not a date", "2024-13-01"):
    try:
        date.fromisoformat(bad)
    except ValueError as error:
        print(type(error).__name__, bad)

delta = datetime(2024, 3, 5, 9) - datetime(2024, 2, 28, 17, 30)
print(delta, delta.days, delta.seconds, delta.total_seconds(), delta // timedelta(hours=1), delta / timedelta(days=1), -delta)
print(divmod(timedelta(days=10, hours=5), timedelta(days=3)), timedelta(milliseconds=1500, weeks=1), abs(timedelta(-1)), repr(timedelta(hours=-1)))
print(calendar.month(2024, 2).rstrip().splitlines()[-1].strip(), calendar.day_name[0], calendar.month_abbr[12])
print([week for week in calendar.Calendar(firstweekday=6).monthdayscalendar(2024, 9)][0])
print(sorted([datetime(2024, 5, 1), datetime(2023, 5, 1, 12)])[0], datetime(2024, 1, 1) < datetime(2024, 1, 1, 0, 0, 0, 1))
print(f"{datetime(2024, 3, 5, 4, 5, 6):%Y/%m/%d %-H:%M %j %U %w %%}", date(2024, 3, 5).ctime(), repr(time(1, 2, tzinfo=timezone.utc)))
try:
    datetime(2024, 1, 1) < datetime(2024, 1, 1, tzinfo=timezone.utc)
except TypeError as error:
    print(error)
