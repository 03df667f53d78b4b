"""Who may use which route by which method: the rules, and a shop in which each is tried."""
