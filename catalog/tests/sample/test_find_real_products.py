"""Search over fifty thousand real products. SAMPLE_DATA names their folder, as for the imports.

The judgements are rules about names; none of the products is in them.
"""

import os
from pathlib import Path

import pytest
from django.db import connection
from rest_framework.test import APIClient

from catalog.models import Product
from catalog.services.search.judging import mean, measure
from catalog.services.search.upkeep import count_words
from catalog.tests.import_files import run
from catalog.tests.test_list_products import names

pytestmark = pytest.mark.django_db

CATALOGUE = Path(os.environ["SAMPLE_DATA"]) / "products-50k.jsonl.gz"
EVERY = 97  # of which one is looked for by its name: all of them would take half an hour


def test_real_products_are_found_by_what_people_call_them(api_client: APIClient) -> None:
    assert run(CATALOGUE, "--on-hand", "5").counts == (53_236, 0, 0, 84)
    count_words()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself what has been committed

    measured = measure(Path(__file__).with_name("relevance.json"))
    assert len(measured) == 61
    assert mean(measured) >= 0.9, [one for one in measured if one.ndcg < 0.7]

    missed = [
        name
        for name in Product.objects.order_by("pk").values_list("name", flat=True)[::EVERY]
        if name not in names(api_client, search=name)
    ]
    assert missed == []
