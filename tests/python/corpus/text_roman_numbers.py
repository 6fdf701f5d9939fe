# Roman numerals, number words and ordinals; written in an old style: plain functions, while loops, % formatting.

NUMERALS = (('M', 1000), ('CM', 900), ('D', 500), ('CD', 400), ('C', 100), ('XC', 90),
            ('L', 50), ('XL', 40), ('X', 10), ('IX', 9), ('V', 5), ('IV', 4), ('I', 1))

ONES = ('zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen '
        'fifteen sixteen seventeen eighteen nineteen').split()
TENS = 'x x twenty thirty forty fifty sixty seventy eighty ninety'.split()


def to_roman(number):
    """
    >>> to_roman(1994)
    'MCMXCIV'
    """
    if not 0 < number < 4000:
        raise ValueError('out of range: %r' % (number,))
    result = ''
    for symbol, value in NUMERALS:
        while number >= value:
            result += symbol
            number -= value
    return result


def from_roman(text):
    total, index = 0, 0
    for symbol, value in NUMERALS:
        while text[index:index + len(symbol)] == symbol:
            total += value
            index += len(symbol)
    if index != len(text) or to_roman(total) != text:
        raise ValueError('not a Roman numeral: %s' % text)
    return total


def in_words(number):
    if number < 0:
        return 'minus ' + in_words(-number)
    if number < 20:
        return ONES[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return TENS[tens] + ('-' + ONES[rest] if rest else '')
    for size, name in ((10 ** 9, 'billion'), (10 ** 6, 'million'), (1000, 'thousand'), (100, 'hundred')):
        if number >= size:
            head, rest = divmod(number, size)
            words = in_words(head) + ' ' + name
            return words + (' ' if rest >= 100 else ' and ' if rest else '') * bool(rest) + (in_words(rest) if rest else '')


def ordinal(number):
    suffix = 'th' if 10 < number % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')
    return '%d%s' % (number, suffix)


for year in (4, 1994, 2024, 3999):
    roman = to_roman(year)
    print('%5d %-14s %s' % (year, roman, from_roman(roman) == year))
for bad in ('IIII', 'VX', 'MCMXCIVI', ''):
    try:
        print(bad, from_roman(bad))
    except ValueError as error:
        print('%s' % error)
assert all(from_roman(to_roman(n)) == n for n in range(1, 4000, 7))
for number in (0, 13, 21, 100, 115, 999, 1001, 12345, 1000000, -42, 7000000019):
    print(in_words(number))
print(' '.join(ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 111, 122)))
print('%-8s|%8.3f|%+d|%05d|%x|%o|%e|%%|%c|%r|%s' % ('left', 2.0 / 3, 5, 42, 255, 8, 12345.678, 'c', 'r', None))
print('%(a)s-%(b)03d' % {'a': 1, 'b': 2}, to_roman.__doc__.strip().splitlines()[0])
