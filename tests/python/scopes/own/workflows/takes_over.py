import os

try:
    os.remove("data/rates.csv")
except PermissionError as error:
    print("kept:", error.filename)
before = open("data/rates.csv").read()
with open("data/rates.csv", "w") as file:
    file.write("name,rate\nnormal,7\n")
[before.splitlines()[1], open("data/rates.csv").read().splitlines()[1], os.path.exists("scopes"), sorted(os.listdir("modules"))]
