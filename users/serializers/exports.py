from typing import Any

from rest_framework import serializers


class RowsField(serializers.ListField):
    """Rows as the shop keeps them; further members may come with any release."""

    child = serializers.DictField()


class DataExportSerializer(serializers.Serializer[Any]):
    exported_at = serializers.DateTimeField()
    account = RowsField()
    addresses = RowsField()
    customer_groups = RowsField()
    sessions = RowsField()
    second_factor = RowsField()
    security_log = RowsField()
    events = RowsField()
    mails = RowsField()
    stored_answers = RowsField()
    back_in_stock_requests = RowsField()
    cart = RowsField()
    orders = RowsField()
    order_lines = RowsField()
    order_history = RowsField()
    payments = RowsField()
    refunds = RowsField()
    shipments = RowsField()
    reviews = RowsField()


class PreparingSerializer(serializers.Serializer[None]):
    detail = serializers.CharField()
