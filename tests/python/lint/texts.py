"%s %(name)s" % (1,)  # percent-format-mixed-positional-and-named, percent-format-expected-mapping
"%(name)s" % (1,)  # percent-format-expected-mapping
"%s %s" % {"a": 1}  # percent-format-expected-sequence, percent-format-positional-count-mismatch
"%(a)s" % {"a": 1, "b": 2}  # percent-format-extra-named-arguments
"%(a" % {"a": 1}  # percent-format-invalid-format
"%(a)s %(b)s" % {"a": 1}  # percent-format-missing-argument
"%s %s" % (1,)  # percent-format-positional-count-mismatch
"%(a)*s" % {"a": 1}  # percent-format-star-requires-sequence, percent-format-mixed-positional-and-named
"%y" % 1  # percent-format-unsupported-format-character, bad-string-format-character
"%d" % "one"  # bad-string-format-type
"{a}".format(a=1, b=2)  # string-dot-format-extra-named-arguments
"{}".format(1, 2)  # string-dot-format-extra-positional-arguments
"{".format(1)  # string-dot-format-invalid-format
"{a} {b}".format(a=1)  # string-dot-format-missing-arguments
"{} {1}".format(1, 2)  # string-dot-format-mixing-automatic
f"nothing"  # f-string-missing-placeholders
"\d"  # invalid-escape-sequence
"abc".lstrip("http")  # strip-with-multi-characters
print >> "text"  # invalid-print-syntax
open("data.txt", "rx+w")  # bad-open-mode
import logging

logging.info("%s and %s", "one")  # logging-too-few-args
logging.info("%s", "one", "two")  # logging-too-many-args
logging.exception("it failed", exc_info=False)  # exception-without-exc-info
