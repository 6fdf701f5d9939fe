# hostile: what a machine has
# expect: OK
# value: []
result = []
for path in ("/dev/zero", "/dev/random", "/proc/self/environ", "/etc/passwd", "/tmp", "C:\\Windows", "\\\\host\\share", "file:///etc/passwd", "con", "~/.ssh/id_rsa"):
    try:
        result.append(open(path).read(1))
    except OSError:
        pass
