# hostile: files without end
# expect: QUOTA_FILES
for n in range(10**6):
    open(f"f{n}", "w").close()
