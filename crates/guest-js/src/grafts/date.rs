//! A time out of a text.

use boa_engine::JsString;
use boa_engine::context::HostHooks;

const DAY_MS: i64 = 86_400_000;
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// A longer text is no date.
const TEXT_UNITS_MAX: usize = 128;

/// `Date.parse`: milliseconds since 1970 in UTC, which is the local time of every run.
///
/// Reads the language's own format, with a blank in place of the `T` too; what dates print; and the orders that people write,
/// `5 March 2024 14:30`, `Mar 5, 2024`, `3/5/2024` (month first) and `2024/3/5`, with a zone as `Z`, `GMT` or an offset.
///
/// Source: <https://tc39.es/ecma262/#sec-date.parse>.
#[must_use]
pub fn date(text: &JsString, _: &dyn HostHooks) -> Option<i64> {
    if text.len() > TEXT_UNITS_MAX {
        return None;
    }
    let text = text.to_std_string().ok()?;
    let text = text.trim();
    Reader(text.as_bytes())
        .format()
        .or_else(|| Reader(text.as_bytes()).words())
}

/// What is left of a text.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn next_is(&mut self, one: u8) -> bool {
        let is = self.0.first() == Some(&one);
        self.0 = &self.0[usize::from(is)..];
        is
    }

    /// A number and how many digits it has.
    fn digits(&mut self) -> Option<(i64, usize)> {
        let count = self
            .0
            .iter()
            .take_while(|unit| unit.is_ascii_digit())
            .count();
        let (digits, rest) = self.0.split_at(count);
        if !(1..=9).contains(&count) {
            return None;
        }
        self.0 = rest;
        let value = digits
            .iter()
            .fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
        Some((value, count))
    }

    fn exactly(&mut self, count: usize) -> Option<i64> {
        self.digits()
            .filter(|(_, found)| *found == count)
            .map(|(value, _)| value)
    }

    /// The language's own format: `YYYY-MM-DDTHH:mm:ss.sssZ`, and its parts.
    fn format(mut self) -> Option<i64> {
        let year = match self.0.first()? {
            b'+' => {
                self.0 = &self.0[1..];
                self.exactly(6)?
            }
            b'-' => {
                self.0 = &self.0[1..];
                let year = self.exactly(6).filter(|year| *year != 0)?;
                -year
            }
            _ => self.exactly(4)?,
        };
        let (mut month, mut day) = (1, 1);
        if self.next_is(b'-') {
            month = self.exactly(2)?;
            if self.next_is(b'-') {
                day = self.exactly(2)?;
            }
        }
        let (mut time, mut offset) = (0, 0);
        if self.next_is(b'T') || self.next_is(b't') || self.next_is(b' ') {
            let hour = self.exactly(2)?;
            time = self.time(hour)?;
            offset = self.offset()?;
        }
        self.0.is_empty().then_some(())?;
        Some(days(year, month, day)? * DAY_MS + time - offset)
    }

    /// The rest of a time after its hour: `:mm`, `:ss`, a fraction.
    fn time(&mut self, hour: i64) -> Option<i64> {
        self.next_is(b':').then_some(())?;
        let minute = self.exactly(2)?;
        let (mut second, mut ms) = (0, 0);
        if self.next_is(b':') {
            second = self.exactly(2)?;
            if self.next_is(b'.') {
                let count = self
                    .0
                    .iter()
                    .take_while(|unit| unit.is_ascii_digit())
                    .count();
                let mut digits = self.0[..count].iter().map(|digit| i64::from(digit - b'0'));
                (count > 0).then_some(())?;
                ms = (0..3).fold(0, |ms, _| ms * 10 + digits.next().unwrap_or(0));
                self.0 = &self.0[count..];
            }
        }
        let midnight = hour == 24 && minute + second + ms == 0;
        let valid = (hour < 24 || midnight) && minute < 60 && second < 60;
        valid.then_some(((hour * 60 + minute) * 60 + second) * 1000 + ms)
    }

    /// `Z`, `+HH:mm` or nothing: milliseconds that the clock there is ahead.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.0.first() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => {
                let _ = self.next_is(b'Z') || self.next_is(b'z');
                return Some(0);
            }
        };
        self.0 = &self.0[1..];
        let (hour, minute) = match self.digits()? {
            (both, 4) => (both / 100, both % 100),
            (hour, 1 | 2) if self.next_is(b':') => (hour, self.exactly(2)?),
            (hour, 1 | 2) => (hour, 0),
            _ => return None,
        };
        (hour < 24 && minute < 60).then_some(sign * (hour * 60 + minute) * 60_000)
    }

    /// Words and numbers in an order that people write.
    fn words(mut self) -> Option<i64> {
        let mut numbers = Vec::new();
        let (mut month, mut time, mut offset) = (None, None, None);
        while let Some(&unit) = self.0.first() {
            match unit {
                b' ' | b',' => self.0 = &self.0[1..],
                b'(' => {
                    let end = self.0.iter().position(|unit| *unit == b')')?;
                    self.0 = &self.0[end + 1..];
                }
                b'0'..=b'9' => {
                    let (number, count) = self.digits()?;
                    if time.is_none() && self.0.first() == Some(&b':') && count <= 2 {
                        time = Some(self.time(number)?);
                    } else {
                        numbers.push((number, count));
                    }
                }
                b'+' | b'-' if time.is_some() => {
                    offset = Some(self.offset()?);
                }
                b'/' | b'-' | b'.' if !numbers.is_empty() => self.0 = &self.0[1..],
                b'a'..=b'z' | b'A'..=b'Z' => {
                    let count = self
                        .0
                        .iter()
                        .take_while(|unit| unit.is_ascii_alphabetic())
                        .count();
                    let (word, rest) = self.0.split_at(count);
                    self.0 = rest;
                    let word = word.to_ascii_lowercase();
                    let named = |names: &[&str]| {
                        names
                            .iter()
                            .position(|name| word.starts_with(name.as_bytes()))
                    };
                    match &word[..] {
                        b"am" | b"pm" => time = Some(half_day(time?, word[0] == b'p')?),
                        b"z" | b"gmt" | b"utc" | b"ut" => offset = offset.or(Some(0)),
                        _ => match named(&MONTHS) {
                            Some(index) if month.is_none() => month = Some(index as i64 + 1),
                            _ => drop(named(&WEEKDAYS)?),
                        },
                    }
                }
                _ => return None,
            }
        }
        let is_year = |(number, count): (i64, usize)| count > 2 || number > 31;
        let (year, month, day) = match (month, &numbers[..]) {
            (Some(month), &[a, b]) if is_year(a) => (a, month, b.0),
            (Some(month), &[a, b]) => (b, month, a.0),
            (None, &[a, b, c]) if is_year(a) => (a, b.0, c.0),
            (None, &[a, b, c]) => (c, a.0, b.0),
            _ => return None,
        };
        let year = match year {
            (number, 1 | 2) if number < 50 => number + 2000,
            (number, 1 | 2) => number + 1900,
            (number, _) => number,
        };
        Some(days(year, month, day)? * DAY_MS + time.unwrap_or(0) - offset.unwrap_or(0))
    }
}

/// A time of the clock's twelve hours as one of the day's.
fn half_day(time: i64, afternoon: bool) -> Option<i64> {
    let half = DAY_MS / 2;
    let hour = time / 3_600_000;
    (1..=12)
        .contains(&hour)
        .then_some(time % half + if afternoon { half } else { 0 })
}

/// Days since 1970 of a date that exists.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;
    use boa_engine::context::DefaultHooks;

    fn parsed(text: &str) -> Option<i64> {
        date(&JsString::from(text), &DefaultHooks)
    }

    #[test]
    fn every_way_to_write_a_time_gives_that_time() {
        let cases = [
            ("1970-01-01", 0),
            ("2024", 1_704_067_200_000),
            ("2024-02", 1_706_745_600_000),
            ("2024-02-29", 1_709_164_800_000),
            ("2024-02-29T12:30", 1_709_209_800_000),
            ("2024-02-29 12:30:15", 1_709_209_815_000),
            ("2024-02-29T12:30:15.1239Z", 1_709_209_815_123),
            ("2024-02-29T12:30:15.5+02:00", 1_709_202_615_500),
            ("2024-02-29T24:00:00", 1_709_251_200_000),
            ("-000001-01-01T00:00:00Z", -62_198_755_200_000),
            ("+010000-01-01", 253_402_300_800_000),
            ("Thu Feb 29 2024 12:30:15 GMT+0000 (UTC)", 1_709_209_815_000),
            ("Thu Feb 29 2024 12:30:15 GMT-0130", 1_709_215_215_000),
            ("Thu, 29 Feb 2024 12:30:15 GMT", 1_709_209_815_000),
            ("29 February 2024", 1_709_164_800_000),
            ("Feb 29, 2024 1:05 pm", 1_709_211_900_000),
            ("Feb 29, 2024 12:00 AM", 1_709_164_800_000),
            ("2/29/2024", 1_709_164_800_000),
            ("02/29/24 12:30", 1_709_209_800_000),
            ("2024/2/29", 1_709_164_800_000),
            ("29-Feb-2024", 1_709_164_800_000),
            ("1 Jan 70", 0),
        ];
        for (text, ms) in cases {
            assert_eq!(parsed(text), Some(ms), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        let wrong = [
            "",
            "x",
            "2024-13-01",
            "2024-02-30",
            "2023-02-29",
            "2024-1-1T",
            "2024-01-01T25:00",
            "2024-01-01T12",
            "2024-01-01T12:60",
            "2024-01-01T24:01",
            "-000000-01-01",
            "29 Brumaire 2024",
            "31 Apr 2024",
            "12:30",
            "Feb 2024 x",
            "13/13/2024",
            "Feb 29, 2024 13:00 pm",
            "1 2 3 4",
            "2024-01-01T12:00+99:00",
            "99999999999999999999",
            "2024-01-01é",
        ];
        for text in wrong {
            assert_eq!(parsed(text), None, "{text}");
        }
        assert_eq!(parsed(&"1".repeat(TEXT_UNITS_MAX + 1)), None);
    }
}
