# hostile: a sort whose comparison contradicts itself and changes the list
# expect: OK|RUNTIME_EXCEPTION
items = []


class Evil:
    def __lt__(self, other):
        items.append(1)
        return True


items.extend(Evil() for _ in range(50))
items.sort()
