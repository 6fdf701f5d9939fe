"""What the library's modules name of modules that a run has not: the values that their signatures show."""

AF_UNSPEC = 0
AI_PASSIVE = 1
PIPE = -1
