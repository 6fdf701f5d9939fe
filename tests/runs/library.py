# Parts of the standard library whose results hang on the run's own chance, clock and files.
import base64, collections, datetime, hashlib, itertools, json, math, random, re, statistics, string, textwrap, time, uuid
import selvage

USES = {
    'random': lambda: [random.random(), random.randint(0, 9), random.sample(range(100), 5), str(uuid.uuid4())],
    'clock': lambda: [datetime.datetime.now(datetime.timezone.utc).isoformat()[:10], int(time.time())],
    'hash': lambda: [hash('a'), hash((1, 'b')), list({'x', 'y', 'z'})],
    'digests': lambda: [hashlib.sha256(b'a').hexdigest(), hashlib.md5(b'a').hexdigest()],
    'math': lambda: [math.sin(1e6), math.exp(1), math.pow(2, 0.5), math.fsum([0.1] * 10), round(2.675, 2)],
    'statistics': lambda: [statistics.stdev([1, 2, 4]), statistics.median([3, 1, 2])],
    'text': lambda: [textwrap.fill('word ' * 20, 30), string.Template('$a').substitute(a=1), f'{3.14159:>10.2f}'],
    'regexp': lambda: re.sub(r'(?P<a>\w+) (\w+)', r'\2 \g<a>', 'one two three four'),
    'collections': lambda: [collections.Counter('abca').most_common(2), list(itertools.permutations('ab'))],
    'base64': lambda: base64.b64encode(bytes(range(9))).decode(),
    'json': lambda: json.dumps({'a': [1.0, 1e100, float('1e-7')], 'b': 'grün'}, indent=1),
}
USES[selvage.args['of']]()
