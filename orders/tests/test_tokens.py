from pytest_django import Settings

from orders import tokens


def test_a_token_opens_its_own_order_only() -> None:
    token = tokens.order_token("8K2MZ4T7QA")

    assert tokens.opens(token, number="8K2MZ4T7QA")
    assert not tokens.opens(token, number="8K2MZ4T7QB")


def test_a_token_outlives_a_change_of_the_secret_while_the_old_one_is_accepted(
    settings: Settings,
) -> None:
    old = settings.SECRET_KEY
    token = tokens.order_token("8K2MZ4T7QA")

    settings.SECRET_KEY = "a new secret of at least fifty characters, for certain"  # noqa: S105
    assert not tokens.opens(token, number="8K2MZ4T7QA")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert tokens.opens(token, number="8K2MZ4T7QA")
