from django.apps import AppConfig


class CommonConfig(AppConfig):
    """The kernel. It is registered with Django for its tables; it holds no shop rule."""

    name = "ecommerce_backend.common"
    label = "common"
    verbose_name = "Kernel"
