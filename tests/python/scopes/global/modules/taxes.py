def added(price):
    return price + price * 19 // 100
