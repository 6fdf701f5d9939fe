# hostile: numbers that grow by squaring
# expect: QUOTA_FUEL|QUOTA_MEMORY
number = 3
while True:
    number *= number
