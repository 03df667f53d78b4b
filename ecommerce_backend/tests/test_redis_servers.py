import pytest

from ecommerce_backend import redis_servers


def test_an_address_may_name_sentinels() -> None:
    named = redis_servers.watched(
        "rediss+sentinel://me:wo%2Frd@one.internal:26380,two.internal,[fd00::3]:26381/shop/4"
        "?sentinel_password=un%20guessed"
    )

    assert named == redis_servers.Watched(
        sentinels=(("one.internal", 26380), ("two.internal", 26379), ("fd00::3", 26381)),
        service="shop",
        database=4,
        connection_options={"username": "me", "password": "wo/rd", "ssl": True},
        sentinel_options={"password": "un guessed", "ssl": True},
    )


def test_the_database_behind_sentinels_is_the_first_unless_told() -> None:
    named = redis_servers.watched("redis+sentinel://one.internal/shop")

    assert (named.database, named.connection_options, named.sentinel_options) == (0, {}, {})


@pytest.mark.parametrize(
    ("url", "watched"),
    [
        ("redis://one.internal:6379/0", False),
        ("rediss://one.internal:6379/0", False),
        ("redis+sentinel://one.internal/shop", True),
    ],
)
def test_only_its_scheme_makes_an_address_one_of_sentinels(
    url: str,
    watched: bool,  # noqa: FBT001
) -> None:
    assert redis_servers.is_watched(url) is watched


def test_a_refused_address_is_not_shown() -> None:
    with pytest.raises(ValueError, match=r"^$"):
        redis_servers.watched("redis+sentinel://:hunter2@one.internal:0/shop")
