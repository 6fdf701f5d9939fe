# hostile: files without end, whatever is raised
# expect: QUOTA_FILES|QUOTA_CALLS
n = 0
while True:
    n += 1
    try:
        open(f"f{n}", "w").close()
    except BaseException:
        pass
