import time

from scripts.deploy.site import CHECKOUT
from scripts.tests.stack.conftest import Shop
from scripts.tests.stack.stack import DOMAIN

LAST_STEP = "the card shows"


def test_the_whole_journey_goes_through_nginx_and_the_worker(shop: Shop) -> None:
    """In the worker's container, which finds the shop's name and believes its authority."""
    journey = (CHECKOUT / "scripts" / "journey.py").read_text()
    begun = time.monotonic()

    made = shop.stack.compose.exec(
        "worker",
        "python",
        "-c",
        journey,
        f"https://{DOMAIN}",
        "--password",
        "demo-orders-1",
        check=False,
        timeout=300,
    )

    print(f"\nthe journey took {time.monotonic() - begun:.1f} s\n{made.stdout}")
    assert made.returncode == 0, made.stdout + made.stderr
    assert LAST_STEP in made.stdout
