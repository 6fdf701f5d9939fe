from nowhere.at_all import nothing
nothing
