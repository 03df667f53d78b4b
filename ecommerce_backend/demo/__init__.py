"""The demo shop: believable products, customers and orders, made through the services."""
