"""Tools around the shop; the shop itself imports none of them."""
