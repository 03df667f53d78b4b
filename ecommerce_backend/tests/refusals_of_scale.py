"""Mistakes in the settings that docs/SCALING.md speaks of, and the one line for each."""

from collections.abc import Iterator

from ecommerce_backend.tests.refusals import Refusal, refused

_SENTINELS = "redis+sentinel://10.0.0.1:26379,10.0.0.2:26379,10.0.0.3:26379/shop/0"


def _sentinels() -> Iterator[Refusal]:
    problem = "must list Sentinels, then the name of the primary and the number of a database"
    for address in (
        "one:26379,two:26379",
        "one:26379,two:26379/",
        "one:26379,two:26379/shop/six",
        "one:26379,two:99999/shop/0",
        "one:26379,,two:26379/shop/0",
        "me:wo/rd@one:26379/shop/0",
        "one:26379/shop/0?sentinel_pasword=word",
        "one:26379/shop/0#here",
        "/shop/0",
    ):
        yield refused("REDIS_URL", f"redis+sentinel://{address}", problem, example=_SENTINELS)


SCALE_REFUSALS: list[Refusal] = [*_sentinels()]
