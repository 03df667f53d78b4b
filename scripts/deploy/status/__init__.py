"""How the installation fares, a part at a time."""
