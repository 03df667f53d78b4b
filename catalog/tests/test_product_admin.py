import re
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.models import Product, ProductImage, Stock
from catalog.services.images import add_image, process_image, upload_image
from catalog.services.products import add_variant, create_product
from catalog.services.ratings import set_rating
from catalog.tests import pictures
from catalog.tests.admin_forms import errors_of, formset
from catalog.tests.factories import (
    AttributeFactory,
    BrandFactory,
    CategoryFactory,
    ProductFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/product/"


def product_form(**changes: Any) -> dict[str, Any]:
    typed = {
        "name": "Arc lamp",
        "slug": "arc-lamp",
        "status": "published",
        "options": "[]",
        "attributes": "{}",
    }
    return {**typed, **formset("variants"), **formset("images"), **changes}


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_shows_each_product_at_a_glance_in_as_many_queries(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        product = ProductFactory.create(
            name="Arc lamp", brand=BrandFactory.create(), category=CategoryFactory.create()
        )
        VariantFactory.create(product=product, price="79.00", on_hand=3)
        VariantFactory.create(product=product, price="89.00", on_hand=4)
        VariantFactory.create(product=product, price="1.00", is_active=False)
        set_rating(product=product, average=Decimal("4.5"), count=12)
        add_image(product=product, upload=pictures.upload(), alt="The lamp")

    with django_assert_num_queries(10):
        page = admin.get(LIST).content.decode()

    for text in ("79.00 – 89.00 USD", ">7<", "4.50 (12)", 'alt="The lamp"'):
        assert page.count(text) == rows


def test_a_bare_product_is_listed(admin: Client) -> None:
    ProductFactory.create(name="Arc lamp")

    assert "Arc lamp" in admin.get(LIST).content.decode()


@pytest.mark.parametrize("query", ["ARC", "lindhölm", "arc-blk", "lamp lindholm"])
def test_staff_search_as_shoppers_do(admin: Client, query: str) -> None:
    product = create_product(name="Arc lamp", brand=BrandFactory.create(name="Lindholm"))
    add_variant(product=product, sku="ARC-BLK", prices={"USD": Decimal("1")})
    create_product(name="Chair")

    found = admin.get(LIST, {"q": query}).context["cl"].result_list

    assert list(found) == [product]


def test_staff_filter_by_what_is_in_stock(admin: Client) -> None:
    here = VariantFactory.create(on_hand=1).product
    gone = VariantFactory.create(on_hand=0).product

    def found(choice: str) -> list[Product]:
        return list(admin.get(LIST, {"stock": choice}).context["cl"].result_list)

    assert (found("in"), found("out")) == ([here], [gone])


@pytest.mark.parametrize(("action", "status"), [("publish", "published"), ("archive", "archived")])
def test_products_are_published_and_archived_together(
    admin: Client, action: str, status: str
) -> None:
    chosen = [ProductFactory.create(status="draft").pk for _ in range(2)]
    left = ProductFactory.create(status="draft")

    admin.post(LIST, {"action": action, "_selected_action": chosen})

    assert set(Product.objects.filter(pk__in=chosen).values_list("status", flat=True)) == {status}
    left.refresh_from_db()
    assert left.status == "draft"


@pytest.mark.parametrize("rows", [1, 4])
def test_a_products_page_costs_the_same_with_many_variants_and_pictures(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    product = ProductFactory.create(brand=BrandFactory.create(), category=CategoryFactory.create())
    for _ in range(rows):
        VariantFactory.create(product=product)
        add_image(product=product, upload=pictures.upload())

    ContentType.objects.get_for_model(Product)  # kept in memory from here on
    with django_assert_num_queries(10):
        response = admin.get(f"{LIST}{product.pk}/change/")

    assert response.content.decode().count("10.00 USD") == rows


def test_a_new_product_is_ready_to_be_found_and_stocked(admin: Client) -> None:
    variant = {"sku": "ARC-BLK", "options": '{"Colour": "Black"}', "position": 0, "is_active": "on"}
    picture = SimpleUploadedFile("../evil.php.png", pictures.upload().read(), "image/png")
    form = product_form(
        options='["Colour"]',
        brand=BrandFactory.create(name="Lindholm").pk,
        **formset("variants", variant),
        **formset("images", {"upload": picture, "alt": "Lit", "position": 0}),
    )

    response = admin.post(f"{LIST}add/", form)

    assert response.status_code == 302, response.context["errors"]
    product = Product.objects.get()
    assert product.search_text == "arc lamp\nlindholm\narc-blk"
    assert Stock.objects.get().variant.sku == "ARC-BLK"
    image = ProductImage.objects.get()
    assert (image.alt, image.status, image.width) == ("Lit", "processing", None)
    process_image(image_id=image.pk)
    image.refresh_from_db()
    assert (image.status, image.width, image.height) == ("ready", 64, 48)
    assert image.file.name is not None
    assert image.file.name.endswith(".webp")
    assert "evil" not in image.file.name


def test_saving_writes_only_what_was_typed(admin: Client) -> None:
    product = create_product(name="Arc lamp", status=Product.Status.PUBLISHED)
    set_rating(product=product, average=Decimal("4.5"), count=2)

    response = admin.post(f"{LIST}{product.pk}/change/", product_form(name="Bow lamp"))

    assert response.status_code == 302
    product.refresh_from_db()
    assert (product.name, product.search_text) == ("Bow lamp", "bow lamp")
    assert (product.rating_average, product.rating_count) == (Decimal("4.5"), 2)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"options": '{"Colour": 1}'}, "List different names"),
        ({"options": '["Colour", "Colour"]'}, "List different names"),
        ({"options": '[""]'}, "List different names"),
        ({"attributes": "[1]"}, "Name each value"),
        (
            formset("variants", {"sku": "A", "options": '{"Mood": "Good"}', "position": 0}),
            "names no option, exactly",
        ),
        (formset("variants", {"sku": "A", "options": "[]x", "position": 0}), "valid JSON"),
        (formset("images", {"alt": "Without a file", "position": 0}), "Choose a picture"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    admin: Client, changes: dict[str, Any], text: str
) -> None:
    assert text in errors_of(admin.post(f"{LIST}add/", product_form(**changes)))
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("upload", "text"),
    [
        (BytesIO(pictures.SVG), "not a picture the shop can read"),
        (pictures.png_that_claims(13_000, 13_000), "more than 40 megapixels"),
    ],
)
def test_a_picture_is_checked_in_the_admin_too(admin: Client, upload: BytesIO, text: str) -> None:
    file = SimpleUploadedFile("a.png", upload.getvalue(), "image/png")
    changes = formset("images", {"upload": file, "position": 0})

    assert text in errors_of(admin.post(f"{LIST}add/", product_form(**changes)))
    assert not ProductImage.objects.exists()


def test_staff_see_how_far_a_picture_is_and_why_it_failed(admin: Client) -> None:
    product = VariantFactory.create(options={}).product
    page = f"{LIST}{product.pk}/change/"
    upload_image(
        product=product, upload=pictures.truncated(pictures.upload("PNG", size=(640, 480)))
    )

    before = admin.get(page).content.decode()
    process_image(image_id=ProductImage.objects.get().pk)
    after = admin.get(page).content.decode()
    ready = upload_image(product=product, upload=pictures.upload(size=(900, 600)), alt="Lit")
    process_image(image_id=ready.pk)

    assert "Being made" in before
    assert "The picture is damaged or cut off." in after
    narrow = str(ProductImage.objects.get(status="ready").file.name).replace(".webp", "-320.webp")
    assert re.search(
        rf'<img src="[^"]*/{narrow}" alt="Lit" height="96">', admin.get(page).content.decode()
    )


def test_a_picture_is_replaced_by_another_row_alone(admin: Client) -> None:
    product = VariantFactory.create(options={}).product
    image = add_image(product=product, upload=pictures.upload())
    file = SimpleUploadedFile("b.png", pictures.upload().read(), "image/png")
    row = {"id": image.pk, "product": product.pk, "position": 0, "upload": file}

    response = admin.post(
        f"{LIST}{product.pk}/change/", product_form(**formset("images", row, initial=1))
    )

    assert "Add this picture in a row of its own" in response.content.decode()
    assert ProductImage.objects.get().file.name == image.file.name


def test_a_picture_is_described_anew_and_stays_the_same(admin: Client) -> None:
    product = create_product(name="Arc lamp")
    image = add_image(product=product, upload=pictures.upload())
    name = image.file.name
    row = {"id": image.pk, "product": product.pk, "alt": "Lit", "position": 3}

    admin.post(f"{LIST}{product.pk}/change/", product_form(**formset("images", row, initial=1)))

    image.refresh_from_db()
    assert (image.alt, image.position, image.file.name) == ("Lit", 3, name)


def test_a_picture_is_removed(admin: Client) -> None:
    product = create_product(name="Arc lamp")
    image = add_image(product=product, upload=pictures.upload())
    row = {"id": image.pk, "product": product.pk, "position": 0, "DELETE": "on"}

    admin.post(f"{LIST}{product.pk}/change/", product_form(**formset("images", row, initial=1)))

    assert not ProductImage.objects.exists()


def test_a_brand_takes_its_new_name_to_its_products(admin: Client) -> None:
    brand = BrandFactory.create(name="Lindholm", slug="lindholm")
    lamp = create_product(name="Lamp", brand=brand)
    create_product(name="Chair", brand=brand)

    admin.post(
        reverse("admin:catalog_brand_change", args=[brand.pk]), {"name": "Arc", "slug": "lindholm"}
    )

    lamp.refresh_from_db()
    assert lamp.search_text == "lamp\narc"
    assert Product.objects.filter(search_text__contains="lindholm").count() == 0


@pytest.mark.parametrize("model", ["product", "productvariant", "brand", "category", "attribute"])
def test_forms_open_under_the_policy_of_the_admin(admin: Client, model: str) -> None:
    brand, category = BrandFactory.create(), CategoryFactory.create()
    product = ProductFactory.create(brand=brand, category=category)
    variant = VariantFactory.create(product=product)
    rows = {
        "product": product.pk,
        "productvariant": variant.pk,
        "brand": brand.pk,
        "category": category.pk,
        "attribute": AttributeFactory.create(type="color").pk,
    }

    for path in ("add/", f"{rows[model]}/change/"):
        page = admin.get(f"/admin/catalog/{model}/{path}").content.decode()
        scripts = re.findall(r"<script\b([^>]*)>", page)
        assert scripts
        assert all('src="/' in tag for tag in scripts)
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style", page)


def test_a_window_is_typed_and_kept_in_order(admin: Client) -> None:
    window = {
        "publish_from_0": "2026-11-01",
        "publish_from_1": "08:00:00",
        "publish_until_0": "2026-12-01",
        "publish_until_1": "08:00:00",
        "seo_title": "A lamp",
    }

    assert admin.post(f"{LIST}add/", product_form(**window)).status_code == 302
    product = Product.objects.get()
    late = product_form(**{**window, "publish_from_0": "2026-12-02"})
    refused = admin.post(f"{LIST}{product.pk}/change/", late)

    assert str(product.publish_from) == "2026-11-01 08:00:00+00:00"
    assert product.seo_title == "A lamp"
    assert refused.status_code == 200
    assert "cannot cease to be shown before" in refused.content.decode()
