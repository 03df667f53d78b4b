"""What each role of the staff may do. A role is a group of the admin, made by a migration."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.management import create_permissions

APPS = ("common", "users", "catalog", "cart", "orders", "reviews", "auth")


def _may(actions: str, *models: str) -> tuple[str, ...]:
    pairs = [model.split(".") for model in models]
    return tuple(f"{app}.{action}_{model}" for app, model in pairs for action in actions.split())


_SEE_CATALOGUE = _may(
    "view",
    "catalog.category",
    "catalog.brand",
    "catalog.collection",
    "catalog.product",
    "catalog.productvariant",
    "catalog.price",
    "catalog.pricelist",
    "catalog.pricelistentry",
    "users.customergroup",
    "catalog.productimage",
    "catalog.stock",
    "catalog.stockmovement",
    "catalog.warehouse",
    "catalog.warehousestock",
    "catalog.attribute",
    "catalog.attributechoice",
)
_SEE_ORDERS = _may(
    "view",
    "orders.order",
    "orders.orderline",
    "orders.orderevent",
    "orders.payment",
    "orders.refund",
    "orders.shipment",
    "orders.shipmentline",
    "orders.shippingmethod",
    "orders.shippingrate",
    "orders.taxrate",
)
_SEE_CUSTOMERS = _may(
    "view",
    "users.user",
    "users.address",
    "cart.cart",
    "cart.cartline",
    "catalog.backinstockrequest",
)

_MANAGE_CATALOGUE = (
    *_SEE_CATALOGUE,
    *_may(
        "add change delete",
        "catalog.category",
        "catalog.brand",
        "catalog.collection",
        "catalog.product",
        "catalog.productvariant",
        "catalog.price",
        "catalog.pricelist",
        "catalog.pricelistentry",
        "catalog.productimage",
        "catalog.synonym",
        "catalog.warehouse",
        "catalog.attribute",
        "catalog.attributechoice",
    ),
    *_may("view", "catalog.synonym", "catalog.searchmiss"),
    *_may("change", "catalog.stock"),
    *_may("view add", "catalog.catalogimport"),
)
_MANAGE_ORDERS = (
    *_SEE_ORDERS,
    *_may("change", "orders.order"),
    *_may("add change", "orders.payment", "orders.refund", "orders.shipment"),
    *_may("add change delete", "users.customergroup"),
    *_may("add change delete", "orders.shippingmethod", "orders.shippingrate", "orders.taxrate"),
    *_may("view", "orders.providerevent", "common.event"),
)
_MODERATE = _may("view change delete", "reviews.review")

ROLES: Mapping[str, tuple[str, ...]] = {
    "Catalogue manager": (*_MANAGE_CATALOGUE, *_may("view", "reviews.review")),
    "Order manager": (*_MANAGE_ORDERS, *_SEE_CUSTOMERS, *_SEE_CATALOGUE),
    "Support": (
        *_SEE_ORDERS,
        *_SEE_CUSTOMERS,
        *_SEE_CATALOGUE,
        *_may("view", "reviews.review"),
    ),
    "Moderator": (*_MODERATE, *_may("view", "catalog.product")),
    "Administrator": (
        *_MANAGE_CATALOGUE,
        *_MANAGE_ORDERS,
        *_MODERATE,
        *_SEE_CUSTOMERS,
        *_may("add change delete", "users.user"),
        *_may("view change", "users.loginsession"),
        *_may("view", "auth.group"),
    ),
}


def write_groups(apps: Any, schema_editor: Any) -> None:
    """Make the groups hold exactly what ROLES says.

    For RunPython. Who changes ROLES adds a migration that calls this again; the first one then
    passes over permissions of models that come after it.
    """
    alias = schema_editor.connection.alias
    for label in APPS:
        _create_permissions(apps, label, alias)
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    by_name = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(alias).select_related("content_type")
    }
    for role, names in ROLES.items():
        group, _ = Group.objects.using(alias).get_or_create(name=role)
        group.permissions.set([by_name[name] for name in names if name in by_name])


def _create_permissions(apps: Any, label: str, alias: str) -> None:
    """Do now what Django does after all migrations."""
    config = apps.get_app_config(label)
    # In a migration an app is a stub, which knows its models but not where they are written.
    if not hasattr(config, "models_module"):
        config.models_module = True
    create_permissions(config, apps=apps, using=alias, verbosity=0)
