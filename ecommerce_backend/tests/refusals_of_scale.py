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


def _buckets() -> Iterator[Refusal]:
    example = "https://s3.eu-central-1.amazonaws.com"
    bucket = {
        "SHOP_MEDIA_STORAGE": "s3",
        "SHOP_S3_BUCKET": "shop-media",
        "SHOP_S3_ENDPOINT": example,
    }

    def odd(name: str, value: str, problem: str, *, example: str) -> Refusal:
        change, line = refused(name, value, problem, example=example)
        return bucket | change, line

    problem = "must be one of files, s3, not 'cloud'"
    yield odd("SHOP_MEDIA_STORAGE", "cloud", problem, example="files")
    yield odd("SHOP_S3_BUCKET", "", "must be set", example="shop-media")
    for name in ("Shop", "s3://shop", "-shop", "sh"):
        problem = f"must be a bucket's name, not {name!r}"
        yield odd("SHOP_S3_BUCKET", name, problem, example="shop-media")
    yield odd("SHOP_S3_ENDPOINT", "", "must be set", example=example)
    for url in ("s3.internal", "https://s3.internal/shop-media"):
        problem = f"must look like {example}, not {url!r}"
        yield odd("SHOP_S3_ENDPOINT", url, problem, example=example)
    problem = "must use https outside this machine, not 'http://s3.internal'"
    yield odd("SHOP_S3_ENDPOINT", "http://s3.internal", problem, example=example)
    problem = "must be a region, not 'Frankfurt'"
    yield odd("SHOP_S3_REGION", "Frankfurt", problem, example="us-east-1")
    half = "must be set: half a key opens nothing"
    _, line = refused("SHOP_S3_SECRET_ACCESS_KEY", "", half, example="AKIA…")
    yield bucket | {"SHOP_S3_ACCESS_KEY_ID": "AKIA"}, line
    _, line = refused("SHOP_S3_ACCESS_KEY_ID", "", half, example="AKIA…")
    yield bucket | {"SHOP_S3_SECRET_ACCESS_KEY": "word"}, line
    media = "https://media.shop.example"
    problem = f"must look like {media}, not '{media}/shop'"
    yield odd("SHOP_MEDIA_URL", f"{media}/shop", problem, example=media)
    _, line = refused("SHOP_MEDIA_STORAGE", "", "must be s3 for SHOP_MEDIA_URL", example="s3")
    yield {"SHOP_MEDIA_URL": media}, line
    _, line = refused(
        "SHOP_S3_SIGNED_URLS", "", "cannot be had under SHOP_MEDIA_URL", example="false"
    )
    yield bucket | {"SHOP_MEDIA_URL": media, "SHOP_S3_SIGNED_URLS": "true"}, line
    yield odd(
        "SHOP_S3_SIGNED_URLS", "perhaps", "must be true or false, not 'perhaps'", example="true"
    )


def _databases() -> Iterator[Refusal]:
    address = "postgresql://shop:password@127.0.0.1:5432/shop"
    example = f"{address}?sslmode=verify-full&sslrootcert=/run/secrets/database_ca"
    problem = "names an sslrootcert that cannot be read: '/run/nowhere'"
    for name in ("DATABASE_URL", "DATABASE_REPLICA_URL"):
        url = f"{address}?sslmode=verify-full&sslrootcert=/run/nowhere"
        yield refused(name, url, problem, example=example)
    problem = "must be the address of a PostgreSQL database"
    yield refused("DATABASE_REPLICA_URL", "mysql://replica/shop", problem, example=address)
    for value in ("2", "61", "soon"):
        problem = f"must be a number from 3 to 60, not {value!r}"
        yield refused("SHOP_REPLICA_MAX_LAG", value, problem, example="5")
    problem = "must be true or false, not 'perhaps'"
    yield refused("SHOP_DATABASE_POOLER", "perhaps", problem, example="true")


SCALE_REFUSALS: list[Refusal] = [*_sentinels(), *_buckets(), *_databases()]
